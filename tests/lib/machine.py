"""What a run may leave behind on this machine: cgroups, processes, files."""

import os
import subprocess
import sys
from pathlib import Path


def cgroup_mounts():
    """The folders where cgroup hierarchies, v1 or v2, are mounted; one for each, though a chroot or a
    container may have it a second time.
    """
    found = {}
    for line in Path("/proc/mounts").read_text().splitlines():
        _, folder, kind, *_ = line.split()
        if kind in ("cgroup", "cgroup2") and os.access(folder, os.X_OK):
            found.setdefault(os.stat(folder).st_dev, Path(folder))
    return list(found.values())


def cgroups_of(pid):
    """The cgroups that the run of this process made, in every hierarchy, parents first."""
    found = []
    for mount in cgroup_mounts():
        for folder, names, _ in os.walk(mount):
            found += [Path(folder, name) for name in names
                      if name == f"ktstr-{pid}" or name.startswith(f"ktstr-{pid}-")]
    return found


def own_records():
    """Starts this program again with a /run of its own, where it can: the records of its runs are then
    no other ktstr's to sweep, nor theirs its own.
    """
    unshare = ["unshare", "--mount", "--propagation", "private"]
    mount = "mount -t tmpfs -o mode=755 tmpfs /run"
    if os.geteuid() == 0 and "KTS_OWN_RECORDS" not in os.environ:
        os.environ["KTS_OWN_RECORDS"] = "1"
        if subprocess.run([*unshare, "sh", "-c", mount], capture_output=True, check=False).returncode == 0:
            os.execvp("unshare", [*unshare, "sh", "-c", f'{mount} && exec "$@"', "sh", sys.executable, *sys.argv])


def remove_cgroups(tops):
    """Removes cgroups with all below them; for tests that kill the owner. False while they are busy.

    A killed task leaves its cgroup a moment after it has left /proc.
    """
    try:
        for top in tops:
            for folder, _, _ in os.walk(top, topdown=False):
                os.rmdir(folder)
    except OSError:
        return False
    return True


def processes_with(mark):
    """(pid, comm, ticks of CPU used) of each process that carries a NAME=value in its environment.

    Forked workers inherit it, whatever session or group they move to. Zombies have none left.
    """
    found = []
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        try:
            if mark.encode() in (folder / "environ").read_bytes().split(b"\0"):
                stat = (folder / "stat").read_text().rsplit(")", 1)
                ticks = stat[1].split()[11:13]
                found.append((int(folder.name), stat[0].split("(", 1)[1], sum(map(int, ticks))))
        except OSError:
            continue  # it ended meanwhile, or is not ours to see
    return found


def files_in(*folders):
    """All that lies in these folders."""
    return {Path(folder, name) for folder in folders for name in os.listdir(folder)}
