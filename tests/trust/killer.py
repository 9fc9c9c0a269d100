#!/usr/bin/env python3
"""Runs that are killed at a random moment, and what is left of them after a clean-up: nothing.

    killer.py --ktstrc build/ktstrc --ktstr build/ktstr [--runs 40] [--seed N] [--sanitized]

Each run gets SIGKILL or SIGTERM after a random time: half of them counted from their start, half from
when their cgroups exist, which a slow build comes to late. Then `ktstr cleanup`, or the start of the next
`ktstr exec`, sweeps; cgroups, processes and files of the run are counted before and after. The long
form is --runs 1000.
"""

import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "lib"))
import machine  # noqa: E402
from programs import environment, program_parser, run, wait_until  # noqa: E402
from tap import Tap  # noqa: E402

# A grandchild that nobody waits for: in a session of its own, deaf to what can be ignored.
DAEMON = 'trap "" INT TERM HUP; setsid sh -c \'trap "" INT TERM HUP; sleep 3600; :\' & exit 0'
# Forks twice as often as anybody kills, up to its group's limit.
BOMB = "f() { f & f; sleep 1; }; f"

HEAD = "settle = 0s\nduration = 400ms\nexpect { no gap; no spread; no not_starved }\n"
BODIES = {
    "groups": "cgroup a { cpus = disjoint(0, 2); spawn 2 cpu_spin }\ncgroup b { spawn 2 io_sync }\nhold rest",
    "nested": "cgroup a { cgroup a/b { cgroup a/b/c { spawn 2 yield_heavy } } }\nfor i in 0..8 { cgroup cell[i] { spawn fork_exit } }\nhold rest",
    "frozen": "cgroup a { spawn 4 cpu_spin }\nrepeat every 20ms { freeze a; sleep 10ms; thaw a }",
    "moves": "cgroup a { spawn 4 cpu_spin }\ncgroup b { weight = 50 }\nrepeat every 10ms { move all from a to b; move all from b to a }",
    "steps": 'for i in 0..20 { scope { cgroup late { spawn 2 mixed }; hold 15ms } }',
    "daemon": "cgroup a { run daemon }\nrun daemon as outside\ncgroup b { spawn 2 cpu_spin }\nhold rest",
    "bomb": "cgroup a { pids_max = 60; run bomb }\nhold rest",
}
PAYLOADS = f"""payload daemon {{ exec = "sh"; args = ["-c", "{DAEMON.replace('"', chr(92) + '"')}"] }}
payload bomb {{ exec = "sh"; args = ["-c", "{BOMB.replace("{", chr(92) + "{")}"] }}
"""


class Killer:
    """The runs, and what they came to."""

    def __init__(self, arguments, folder):
        # A copy, which a build meanwhile does not replace.
        self.ktstr, self.folder = Path(shutil.copy(arguments.ktstr, folder)), folder
        self.random = random.Random(arguments.seed)
        self.longest = 0.7 if arguments.sanitized else 0.5
        self.draws = []
        self.deadline = 60 if arguments.sanitized else 20
        self.records = Path("/run/ktstr") if os.geteuid() == 0 else None
        self.shared = machine.files_in("/dev/shm")
        self.ended = {}
        self.swept_runs = self.swept_cgroups = self.swept_processes = self.records_seen = 0
        self.faults = []
        self.pending = []
        for name, body in BODIES.items():
            payloads = PAYLOADS if "run " in body else ""
            (folder / f"{name}.kts").write_text(f"{payloads}scenario {name} {{\n{HEAD}{body}\n}}\n")

    def names_of(self, pid):
        """The records of a run."""
        return [path for path in machine.files_in(self.records) if path.name.startswith(f"ktstr-{pid}-")] \
            if self.records and self.records.exists() else []

    def start(self, kind):
        """One run of its own mark and folder for temporary files."""
        mark = f"KTS_TEST_MARK={uuid.uuid4()}"
        temporary = Path(tempfile.mkdtemp(dir=self.folder))
        name, value = mark.split("=")
        # No pipe: frozen workers have it open until they are swept.
        errors = tempfile.TemporaryFile()
        process = subprocess.Popen(
            [self.ktstr, "exec", "--quiet", "--report", f"json={temporary}/report.json", self.folder / f"{kind}.kts"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=errors, start_new_session=True,
            cwd=temporary, env=environment(TMPDIR=str(temporary), **{name: value}))
        return process, mark, temporary, errors

    def draw(self):
        """A signal, and whether it waits for the run's cgroups: in random order, yet each pair as often
        as the others, so that there is something to sweep however slow the machine.
        """
        if not self.draws:
            self.draws = [(number, waits) for number in (signal.SIGKILL, signal.SIGTERM) for waits in (True, False)]
            self.random.shuffle(self.draws)
        return self.draws.pop()

    def kill_one(self):
        """A run, a signal, and a note of what is left to sweep."""
        kind = self.random.choice(list(BODIES))
        number, waits = self.draw()
        process, mark, temporary, errors = self.start(kind)
        if waits:
            wait_until(lambda: machine.cgroups_of(process.pid) or process.poll() is not None, self.deadline)
        # The scenarios take 400 ms: from their first cgroup on, they are met in their midst.
        time.sleep(self.random.random() * (0.3 if waits else self.longest))
        process.send_signal(number)
        try:
            process.wait(self.deadline)
        except subprocess.TimeoutExpired:
            self.faults.append(f"{kind}: it lived on after {number.name}")
            process.kill()
            process.wait()
        errors.seek(0)
        errors = errors.read()
        how = number.name if process.returncode == -number else "by itself"
        self.ended[how] = self.ended.get(how, 0) + 1
        if b"swept" in errors:
            self.check("exec")
        elif b"could not" in errors or b"cannot" in errors:
            self.faults.append(f"{kind}: {errors.decode(errors='replace')}")
        self.pending.append((kind, process.pid, mark, temporary))
        groups = machine.cgroups_of(process.pid)
        inside = {line for group in groups for folder, _, _ in os.walk(group)
                  for line in Path(folder, "cgroup.procs").read_text().split()}
        self.swept_runs += bool(groups)
        self.swept_cgroups += sum(1 for group in groups for _ in os.walk(group))
        self.swept_processes += len(inside)
        self.records_seen += len(self.names_of(process.pid))
        if number == signal.SIGTERM and (groups or inside or self.names_of(process.pid)) and how != "SIGKILL":
            # A signal that can be obeyed is, with all cleaned up: nothing is left for others.
            self.faults.append(f"{kind}: left after {how}: {groups} {inside}")

    def clean_up(self):
        """Sweeps, or leaves it to the next run."""
        if self.random.random() < 0.25:
            return
        result = run([self.ktstr, "cleanup"], deadline=self.deadline)
        if result.code != 0:
            self.faults.append(f"ktstr cleanup: {result.summary()}")
        self.check("cleanup")

    def check(self, by):
        """What is left of the runs before now, but for the one at hand."""
        for kind, pid, mark, temporary in self.pending:
            left = [f"cgroup {path}" for path in machine.cgroups_of(pid)]
            left += [f"process {pid} {comm}" for pid, comm, _ in machine.processes_with(mark)]
            left += [f"record {path}" for path in self.names_of(pid)]
            left += [f"file {path}" for path in machine.files_in(temporary) if path.name != "report.json"]
            if left:
                self.faults.append(f"{kind}, swept by {by}: " + ", ".join(left))
        self.pending.clear()

    def finish(self, tap, runs):
        """The last sweep, and the figures."""
        run([self.ktstr, "cleanup"], deadline=self.deadline)
        self.check("cleanup")
        new = machine.files_in("/dev/shm") - self.shared
        if new:
            self.faults.append(f"in /dev/shm: {new}")
        ended = ", ".join(f"{count} {how}" for how, count in sorted(self.ended.items()))
        tap.note(f"{runs} runs ended: {ended}")
        tap.note(f"left by {self.swept_runs} of them, and swept: {self.swept_cgroups} cgroups, "
                 f"{self.swept_processes} processes, {self.records_seen} records")
        tap.check("nothing is left of killed runs", "\n".join(self.faults[:20]))
        # A test in which nothing was ever left to sweep has tested nothing.
        few = self.ended.get("SIGKILL", 0) < runs // 8 or self.swept_runs < runs // 8 or not self.swept_processes
        tap.check("there was something to sweep", "too few runs were killed in time" if few else "")


def main():
    """Reads the command line."""
    parser = program_parser(__doc__)
    parser.add_argument("--runs", type=int, default=40)
    parser.add_argument("--seed", type=int, default=None, help="of the moments and signals; else another each time")
    arguments = parser.parse_args()
    machine.own_records()
    if arguments.seed is None:
        arguments.seed = random.randrange(1 << 32)
    tap = Tap()
    tap.note(f"seed {arguments.seed}")
    if not any(os.access(mount, os.W_OK) for mount in machine.cgroup_mounts()) or os.geteuid() != 0:
        tap.skipped("nothing is left of killed runs", "it takes root and cgroups that can be written")
        tap.finish()
    with tempfile.TemporaryDirectory(prefix="kts-killer-") as folder:
        killer = Killer(arguments, Path(folder))
        for _ in range(arguments.runs):
            killer.kill_one()
            killer.clean_up()
        killer.finish(tap, arguments.runs)
    tap.finish()


if __name__ == "__main__":
    main()
