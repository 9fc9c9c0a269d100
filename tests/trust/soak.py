#!/usr/bin/env python3
"""Many scenarios in a row, many groups at once, several ktstr at once: nothing grows, nothing mixes.

    soak.py --ktstrc build/ktstrc --ktstr build/ktstr [--scenarios 150] [--groups 128] [--together 2,4] [--sanitized]

The long form is --scenarios 2000 --groups 1024 --together 2,10.
"""

import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "lib"))
import machine  # noqa: E402
from programs import environment, program_parser, run, wait_until  # noqa: E402
from tap import Tap  # noqa: E402

LENIENT = "expect { no gap; no spread; no not_starved }"
# Everything that a scenario can take from the machine, many times over.
SHORT = f"""scenario short {{ settle = 0s
    {LENIENT}
    cgroup a {{ cpus = disjoint(0, 2); spawn 2 cpu_spin }}
    cgroup b {{ cgroup b/c {{ spawn 2 io_sync }} }}
    step "one" {{ cgroup late {{ spawn 2 fork_exit }}; hold 10ms }}
    freeze a; thaw a
    move all from a to b/c
    hold 10ms
}}
"""
TOGETHER = f"""scenario together {{ settle = 0s
    {LENIENT}
    for i in 0..8 {{ cgroup cell[i] {{ spawn 3 yield_heavy }} }}
    repeat every 20ms for 600ms as i {{
        expect cell[i % 8].tasks == 3
        set cell[i % 8].cpus = nth(all, i % topo.cpus)
    }}
}}
"""


def status(pid, *names):
    """Numbers of /proc/PID/status, in its units."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    fields = dict(line.split(":", 1) for line in lines)
    return [int(fields[name].split()[0]) for name in names]


def cgroups_of_machine():
    """How many cgroups the kernel has in the hierarchies that runs use, dying ones included."""
    found = 0
    for line in Path("/proc/cgroups").read_text().splitlines()[1:]:
        name, _, count, _ = line.split()
        if name in ("cpuset", "cpu", "pids"):
            found += int(count)
    return found


def dentries_in_use():
    """How many names the kernel cannot forget, which those of cgroups are as long as these exist."""
    total, unused = Path("/proc/sys/fs/dentry-state").read_text().split()[:2]
    return int(total) - int(unused)


class Soak:
    """The programs, a scratch folder, and the results."""

    def __init__(self, arguments, folder):
        self.tap, self.folder, self.arguments = Tap(), folder, arguments
        self.ktstr = Path(shutil.copy(arguments.ktstr, folder))
        self.slower = 8 if arguments.sanitized else 1

    def write(self, name, text):
        """A program in the folder."""
        (self.folder / name).write_text(text)
        return self.folder / name

    def check_row(self):
        """Scenarios in a row in one ktstr: descriptors, memory, threads, cgroups of the run."""
        count = self.arguments.scenarios
        before, names_before = cgroups_of_machine(), dentries_in_use()
        # A sanitizer keeps up to 256 MB of what was freed; that is no growth of the program's.
        options = environment().get("ASAN_OPTIONS", "") + ":quarantine_size_mb=1"
        process = subprocess.Popen([self.ktstr, "exec", "--quiet", "--repeat", str(count), self.write("short.kts", SHORT)],
                                   stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=environment(ASAN_OPTIONS=options))
        seen = []
        began = time.monotonic()
        while process.poll() is None:
            try:
                files = len(os.listdir(f"/proc/{process.pid}/fd"))
                seen.append((*status(process.pid, "RssAnon", "VmData", "Threads"), files,
                             sum(1 for top in machine.cgroups_of(process.pid) for _ in os.walk(top))))
            except (OSError, KeyError):
                break
            time.sleep(0.1)
        process.wait()
        took = time.monotonic() - began
        after = cgroups_of_machine()
        errors = process.stderr.read().decode(errors="replace")
        third = max(1, len(seen) // 3)
        early, late = seen[third:2 * third], seen[2 * third:]
        growth = max(row[0] for row in late) - max(row[0] for row in early)
        # What it remembers of each scenario for its report is the bound: half of them lie between.
        bound = 40 * (count / 3) * self.slower + 512
        faults = []
        if process.returncode not in (0, 6):
            faults.append(f"ended with {process.returncode}: {errors}")
        if growth > bound:
            faults.append(f"its memory grew by {growth} KiB over {count // 3} scenarios, more than {bound:.0f}")
        for what, column in (("threads", 2), ("descriptors", 3), ("cgroups", 4)):
            if max(row[column] for row in late) > max(row[column] for row in early) + 1:
                faults.append(f"{what} grew: from {max(row[column] for row in early)} to {max(row[column] for row in late)}")
        if machine.cgroups_of(process.pid):
            faults.append(f"left {machine.cgroups_of(process.pid)}")
        # Those of v1 die a little later.
        if after > before + 8 and not wait_until(lambda: cgroups_of_machine() <= before + 8, 20):
            faults.append(f"the machine has {cgroups_of_machine() - before} more cgroups than before")
        # A scenario makes five groups with dozens of files each: one that stays would show.
        settled = wait_until(lambda: dentries_in_use() - names_before < count, 20)
        names = dentries_in_use() - names_before
        if not settled:
            faults.append(f"the kernel keeps {names} more names than before")
        self.tap.note(f"{count} scenarios in {took:.0f} s: anonymous memory {seen[third][0]} to {max(row[0] for row in late)} KiB, "
                      f"descriptors {max(row[3] for row in early)} to {max(row[3] for row in late)}, cgroups at a time at most "
                      f"{max(row[4] for row in seen)}; {len(seen)} looks; {names:+d} dentries in use")
        self.tap.check("scenarios in a row", "\n".join(faults) if len(seen) > 5 else "it was over before it could be watched")

    def check_together(self, count):
        """Several ktstr at once: each sees its own groups and tasks, and sweeps nobody else's."""
        file = self.write("together.kts", TOGETHER)
        runs = [subprocess.Popen([self.ktstr, "exec", "--quiet", "--report", f"json={self.folder}/{count}-{number}.json", file],
                                 stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=environment()) for number in range(count)]
        most = 0
        while any(one.poll() is None for one in runs):
            most = max(most, sum(bool(machine.cgroups_of(one.pid)) for one in runs))
            time.sleep(0.02)
        faults = []
        for number, one in enumerate(runs):
            said = one.stdout.read().decode(errors="replace")
            if one.returncode not in (0, 6) or "swept" in said or "could not" in said:
                faults.append(f"run {number} ended with {one.returncode}: {said}")
                continue
            found = json.loads((self.folder / f"{count}-{number}.json").read_text())["scenarios"][0]
            groups = {group["cgroup"]: group["workers"] for group in found["groups"]}
            if groups != {f"cell_{i}": 3 for i in range(8)}:
                faults.append(f"run {number} had {groups}")
            if machine.cgroups_of(one.pid):
                faults.append(f"run {number} left cgroups")
        self.tap.note(f"{count} ktstr, {most} of them had their groups at the same moment")
        self.tap.check(f"{count} ktstr at once", "\n".join(faults) or ("" if most > count // 2 else f"only {most} were at it together"))

    def check_groups(self):
        """A thousand groups of four workers."""
        count = self.arguments.groups
        text = f"""scenario groups {{ settle = 0s
    timeout = 10min
    {LENIENT}
    for i in 0..{count} {{ cgroup cell[i] {{ spawn 4 sequence(sleep(200ms), spin(1ms)) }} }}
    hold 2s
    for i in 0..{count} {{ expect cell[i].tasks == 4 }}
}}
"""
        began = time.monotonic()
        report = self.folder / "groups.json"
        result = run([self.ktstr, "exec", "--quiet", "--report", f"json={report}", self.write("groups.kts", text)],
                     deadline=600 * self.slower)
        took = time.monotonic() - began
        groups = json.loads(report.read_text())["scenarios"][0]["groups"] if report.exists() else []
        fault = "" if result.code in (0, 6) and len(groups) == count and all(
            group["workers"] == 4 for group in groups) else f"{len(groups)} groups\n{result.summary()}"
        left = [path for mount in machine.cgroup_mounts() for path in mount.glob("ktstr-*/cell_*") if path.name == f"cell_{count - 1}"]
        self.tap.note(f"{count} cgroups of 4 workers in {took:.1f} s, {result.peak_bytes >> 20} MiB at most")
        self.tap.check(f"{count} cgroups of 4 workers", fault or (f"left {left}" if left else ""))


def main():
    """Reads the command line."""
    parser = program_parser(__doc__)
    parser.add_argument("--scenarios", type=int, default=150)
    parser.add_argument("--groups", type=int, default=128)
    parser.add_argument("--together", default="2,4")
    arguments = parser.parse_args()
    machine.own_records()
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 65536), hard))
    with tempfile.TemporaryDirectory(prefix="kts-soak-") as folder:
        soak = Soak(arguments, Path(folder))
        if os.geteuid() != 0 or not any(os.access(mount, os.W_OK) for mount in machine.cgroup_mounts()):
            soak.tap.skipped("soak", "it takes root and cgroups that can be written")
            soak.tap.finish()
        soak.check_row()
        for count in map(int, arguments.together.split(",")):
            soak.check_together(count)
        soak.check_groups()
    soak.tap.finish()


if __name__ == "__main__":
    main()
