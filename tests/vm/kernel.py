"""The kernel of the virtual machines: sched_ext, BTF, cpuset v2, virtio-serial built in."""

import os
import subprocess
from pathlib import Path

SECONDS = 300


class Unavailable(Exception):
    """There is no machine to be had here, and why."""


def find_kernel(ktstr):
    """The path of a kernel image: the one given, or the one that `ktstr` fetches (once) or has."""
    if given := os.environ.get("KTSTR_VM_KERNEL"):
        if not os.access(given, os.R_OK):
            raise Unavailable(f"KTSTR_VM_KERNEL={given} cannot be read")
        return Path(given)
    try:
        result = subprocess.run([ktstr, "vm", "kernel", "fetch"], capture_output=True, text=True, timeout=SECONDS,
                                check=False)
    except subprocess.TimeoutExpired:
        raise Unavailable(f"ktstr vm kernel fetch had fetched no kernel after {SECONDS} s") from None
    if result.returncode:
        raise Unavailable((result.stderr.strip().splitlines() or ["ktstr vm kernel fetch says nothing"])[-1])
    return Path(result.stdout.strip())
