"""Finds or fetches a kernel for virtual machines: sched_ext, BTF, cpuset v2, virtio-serial built in."""

import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

SUITE = "sid"
META_PACKAGE = "linux-image-cloud-amd64"
KEYS = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
SECONDS = 300


class Unavailable(Exception):
    """There is no machine to be had here, and why."""


def find_kernel():
    """The path of a kernel image: the one given, the cached one, or one fetched now."""
    if given := os.environ.get("KTSTR_VM_KERNEL"):
        if not os.access(given, os.R_OK):
            raise Unavailable(f"KTSTR_VM_KERNEL={given} cannot be read")
        return Path(given)
    cache = _cache()
    found = sorted(cache.glob("vmlinuz-*"))
    return found[-1] if found else _fetch(cache)


def _cache():
    if given := os.environ.get("KTSTR_VM_CACHE"):
        return Path(given)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache", "ktstr-vm")


def _mirror():
    """Where this machine takes Debian's main archive from."""
    files = [Path("/etc/apt/sources.list"), *sorted(Path("/etc/apt/sources.list.d").glob("*"))]
    for file in files:
        if file.suffix in (".list", ".sources") and file.is_file():
            for uri in re.findall(r"^(?:URIs:|deb (?:\[.*?\])?)\s*(\S+)", file.read_text(), re.MULTILINE):
                if re.fullmatch(r"\w+:/.*/debian/?", uri):
                    return uri
    raise Unavailable("apt knows no mirror of Debian to fetch a kernel from")


def _run(*command, cwd):
    try:
        result = subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired:
        raise Unavailable(f"{command[0]} had not fetched a kernel after {SECONDS} s") from None
    if result.returncode:
        last = (result.stderr.strip().splitlines() or ["it says nothing"])[-1]
        raise Unavailable(f"no kernel could be fetched: {last}")
    return result.stdout


def _fetch(cache):
    """Downloads into a folder of its own, past the system's lists, and keeps only the image."""
    for tool in ("apt-get", "apt-cache", "dpkg"):
        if not shutil.which(tool):
            raise Unavailable(f"there is no {tool} to fetch a kernel with; KTSTR_VM_KERNEL names one")
    try:
        cache.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Unavailable(f"no folder for the kernel: {error}") from None
    with tempfile.TemporaryDirectory(dir=cache) as name:
        folder = Path(name)
        for sub in ("lists/partial", "cache/archives/partial"):
            (folder / sub).mkdir(parents=True)
        signed = f"[signed-by={KEYS}] " if KEYS.exists() else ""
        (folder / "sources.list").write_text(f"deb {signed}{_mirror()} {SUITE} main\n")
        options = []
        for key, value in (("Dir::Etc::SourceList", folder / "sources.list"),
                           ("Dir::Etc::SourceParts", "/dev/null"), ("Dir::State::Lists", folder / "lists"),
                           ("Dir::Cache", folder / "cache"), ("APT::Sandbox::User", ""),
                           ("Acquire::Languages", "none"), ("APT::Update::Error-Mode", "any"),
                           ("Acquire::Retries", "2")):
            options += ["-o", f"{key}={value}"]
        _run("apt-get", *options, "-q", "update", cwd=folder)
        # The image's name changes with every version: the meta package depends on today's.
        depends = _run("apt-cache", *options, "depends", META_PACKAGE, cwd=folder)
        version = re.search(r"linux-image-(\d\S*-cloud-amd64)", depends)
        if not version:
            raise Unavailable(f"{META_PACKAGE} of {SUITE} names no image")
        _run("apt-get", *options, "-q", "download", f"linux-binary-{version[1]}", cwd=folder)
        _run("dpkg", "-x", next(folder.glob("*.deb")), "files", cwd=folder)
        image = next(folder.glob("files/**/vmlinuz*"))
        return image.rename(cache / f"vmlinuz-{version[1]}")
