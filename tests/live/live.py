#!/usr/bin/env python3
"""Real runs on this machine: whatever happens to a run, it leaves nothing behind.

    live.py --ktstrc build/ktstrc --ktstr build/ktstr [--sanitized]

Every case ends with the same questions: does a cgroup of that run exist in any hierarchy, does a
process that it started live, is there a new file in its TMPDIR or in /dev/shm?
"""

import json
import os
import pty
import re
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
from programs import environment, program_parser, wait_until  # noqa: E402
from tap import Tap  # noqa: E402

WORKERS = 4
GROUPS = """    cgroup left { cpus = disjoint(0, 2); spawn 2 cpu_spin }
    cgroup right { cpus = disjoint(1, 2); spawn 2 io_sync }
    expect { no gap; no spread }
"""


def scenario(body, settle="0s", duration="300ms"):
    """Two groups of two workers, judged by nothing that a busy machine could spoil, then the body."""
    return f"scenario probe {{\n    settle = {settle}\n    duration = {duration}\n{GROUPS}{body}\n}}\n"


class Run:
    """One run of ktstr exec in a scratch folder, with all that is needed to find its traces."""

    def __init__(self, live, text, prefix=(), options=(), terminal=None, **variables):
        self.live = live
        self.mark = f"KTS_TEST_MARK={uuid.uuid4()}"
        self.temporary = Path(tempfile.mkdtemp(dir=live.folder))
        self.temporary.chmod(0o777)
        file = live.folder / "live.kts"
        file.write_text(text)
        self.shared = machine.files_in("/dev/shm")
        self.out = tempfile.TemporaryFile()
        self.err = tempfile.TemporaryFile()
        name, value = self.mark.split("=")
        self.process = subprocess.Popen(
            [*prefix, live.ktstr, "exec", "--verbose", *options, file], stdin=subprocess.DEVNULL,
            stdout=self.out, stderr=self.err if terminal is None else terminal, start_new_session=True,
            cwd=self.temporary, env=environment(TMPDIR=str(self.temporary), **{name: value}, **variables))

    def workers(self):
        """Its worker processes as (pid, comm, ticks)."""
        return [one for one in machine.processes_with(self.mark) if one[1].startswith("kts-")]

    def wait_for_workers(self, busy):
        """Waits until all workers exist and, if told, all cpu_spin have used CPU: a hold has begun.

        Returns what went wrong. Blocked workers use next to nothing before their release.
        """
        def ready():
            found = self.workers()
            spinning = [ticks for _, _, ticks in found if ticks >= 5]
            return self.process.poll() is not None or (
                len(found) == WORKERS and (len(spinning) >= 2 or not busy))

        if not wait_until(ready, self.live.deadline):
            return f"no {WORKERS} workers{' at work' if busy else ''} after {self.live.deadline} s: {self.workers()}"
        if self.process.poll() is not None:
            return f"ended before its workers were {'at work' if busy else 'there'}"
        return ""

    def end(self):
        """Waits for the end; returns the exit code, or None when it had to be killed."""
        try:
            return self.process.wait(self.live.deadline)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            return None

    def traces(self):
        """What is left of an ended run, as text; then removes it, so that no case harms the next."""
        groups = machine.cgroups_of(self.process.pid)
        processes = machine.processes_with(self.mark)
        files = machine.files_in("/dev/shm") - self.shared | machine.files_in(self.temporary)
        for pid, _, _ in processes:
            os.kill(pid, signal.SIGKILL)
        wait_until(lambda: not machine.processes_with(self.mark), 5)
        wait_until(lambda: machine.remove_cgroups(groups), 5)
        for path in files:
            path.unlink() if path.is_file() else shutil.rmtree(path, ignore_errors=True)
        left = [f"cgroup {group}" for group in groups] + [f"file {path}" for path in files]
        left += [f"process {pid} ({comm})" for pid, comm, _ in processes]
        return "left behind: " + ", ".join(left) if left else ""

    def printed(self):
        """Both outputs, for a failing case."""
        return f"stdout: {self.read(self.out)}\nstderr: {self.read(self.err)}"

    @staticmethod
    def read(file):
        """All that was written to a file."""
        file.seek(0)
        return file.read().decode(errors="replace")


def hold_seconds(text):
    """The length of a hold, from its literal in s or ms."""
    return float(text[:-2]) / 1000 if text.endswith("ms") else float(text[:-1])


class Live:
    """The program, a scratch folder, and the results."""

    def __init__(self, arguments, folder):
        self.tap = Tap()
        self.folder = folder
        # A copy that a normal user reaches.
        self.ktstr = Path(shutil.copy(arguments.ktstr, folder))
        self.ktstrc = arguments.ktstrc
        self.build = arguments.ktstr.parent
        self.sanitized = arguments.sanitized
        self.deadline = 60 if self.sanitized else 20
        self.root = os.geteuid() == 0
        self.has_cgroups = any(os.access(mount, os.W_OK) for mount in machine.cgroup_mounts())

    def judge(self, name, run, fault, codes):
        """Ends a run and reports the case: its exit code, its traces, and what went wrong before."""
        code = run.end()
        faults = [fault, run.traces()]
        if code not in codes:
            faults.append(f"ended with {code}, not {' or '.join(map(str, codes))}")
        text = "\n".join(filter(None, faults))
        self.tap.check(name, text and f"{text}\n{run.printed()}")

    def check_ends(self):
        """Runs that end by themselves."""
        bodies = {
            "normal": ("hold rest", 0),
            "failing check": ('hold rest\nfail "on purpose"', 1),
            "failing check in a step": ('step "a" { cgroup late { spawn cpu_spin }; hold 50ms; expect topo.cpus == 0 }', 1),
            "skip with live workers": ('hold 50ms\nskip "on purpose"', 4),
            "no hold at all": ("", 6),  # nothing is judged that ran for no time
            "nested scopes": ("scope { cgroup a { cgroup a/b { spawn cpu_spin }; hold 50ms } }; hold 50ms", 0),
        }
        for name, (body, code) in bodies.items():
            self.judge(name, Run(self, scenario(body)), "", [code])

    def check_refusal(self):
        """The kernel refuses an op in the middle: more deadline tasks than it admits."""
        body = ("hold 50ms\ncgroup late { spawn (topo.cpus * 2) cpu_spin { policy = deadline(9ms, 10ms) } }\n"
                "hold rest")
        self.judge("an op which the kernel refuses", Run(self, scenario(body)), "", [3])

    def check_signals(self):
        """A signal in a settle and in a hold: cleaned up, then died of that very signal."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            for phase, settle in (("hold", "0s"), ("settle", "60s")):
                run = Run(self, scenario("hold rest", settle=settle, duration="60s"))
                fault = run.wait_for_workers(busy=phase == "hold")
                if not fault and self.has_cgroups and self.root and not machine.cgroups_of(run.process.pid):
                    fault = "its cgroups are not where this test looks for them"
                run.process.send_signal(number)
                self.judge(f"{number.name} during {phase}", run, fault, [-number])
        run = Run(self, scenario("hold rest", duration="60s"))
        fault = run.wait_for_workers(busy=True)
        for _ in range(3):
            run.process.send_signal(signal.SIGINT)
        self.judge("SIGINT three times", run, fault, [-signal.SIGINT])

    def check_group_signal(self):
        """Ctrl-C in a terminal reaches the workers too."""
        run = Run(self, scenario("hold rest", duration="60s"))
        fault = run.wait_for_workers(busy=True)
        os.killpg(run.process.pid, signal.SIGINT)
        self.judge("SIGINT to the whole process group", run, fault, [-signal.SIGINT])

    def check_kill(self):
        """Killed outright it cannot clean up, but its workers die with it."""
        name = "SIGKILL: the workers die too"
        run = Run(self, scenario("hold rest", duration="60s"))
        fault = run.wait_for_workers(busy=True)
        run.process.kill()
        run.end()
        if not wait_until(lambda: not machine.processes_with(run.mark), self.deadline):
            fault = fault or f"workers still live: {run.workers()}"
        run.traces()
        self.tap.check(name, fault and f"{fault}\n{run.printed()}")

    def check_dead_worker(self):
        """A worker that dies is noticed."""
        run = Run(self, scenario("hold rest", duration="60s"))
        fault = run.wait_for_workers(busy=True)
        if not fault:
            os.kill(run.workers()[0][0], signal.SIGKILL)
        self.judge("a worker killed during hold", run, fault, [3])
        run = Run(self, scenario("hold rest", settle="60s", duration="60s"))
        fault = run.wait_for_workers(busy=False)
        if not fault:
            os.kill(run.workers()[0][0], signal.SIGKILL)
        run.end()
        if "was killed by signal 9" not in run.read(run.out):
            fault = fault or "the report should say what killed the worker"
        self.judge("a worker killed before its release", run, fault, [3])

    def check_memory(self):
        """The kernel kills workers for want of memory: that is told, and told from other kills."""
        name = "a worker killed for want of memory"
        text = ("scenario probe { cgroup g { memory_max = 16MiB; spawn 1 page_fault_churn(64MiB, 100000) }\n"
                "cgroup other { spawn 1 cpu_spin }; hold 20s; expect { no gap } }\n")
        run = Run(self, text)
        code = run.end()
        if code == 4 and "memory_max" in run.read(run.out):
            self.tap.skipped(name, "this machine's cgroups have no memory controller")
            return
        told = re.findall(r"broken\[worker\]: .*'(\w+)'.*killed.* for want of memory", run.read(run.out))
        self.judge(name, run, "" if told == ["g"] else f"said of {told}", [3])

    def check_start(self):
        """How far apart workers began to run: more of them than CPUs, so that it takes a while."""
        text = "scenario probe { cgroup g { spawn (topo.cpus * 8) cpu_spin }; hold 500ms; expect { no gap; no spread } }\n"
        run = Run(self, text, options=["--format", "json"])
        run.end()
        found = json.loads(run.read(run.out))["scenarios"][0]
        starts = [worker["start_ns"] for worker in found["groups"][0]["each"]]
        count = 8 * len(os.sched_getaffinity(0))
        wanted = [(count, min(starts), max(starts), max(starts) - min(starts))]
        told = [(one["workers"], one["first_ns"], one["last_ns"], one["skew_ns"]) for one in found["releases"]]
        fault = "" if told == wanted and 0 < wanted[0][3] < 5e8 else f"releases {told}, not {wanted}"
        self.judge("how far apart workers start", run, fault, [0, 6])

    def check_progress(self):
        """On a terminal a line tells how far it has come, and is taken away; else there is none."""
        steps = 'step "first" { hold 600ms }; step "then" { hold 600ms }'
        busy = "expect { wake_p99 <= 100s }"
        for name, body, options, variables, wanted in (
                ("progress on a terminal", steps, (), {}, True),
                ("no progress when quiet", steps, ["--quiet"], {}, False),
                ("no progress on a dumb terminal", steps, (), {"TERM": "dumb"}, False),
                ("no progress while latency is judged", f"{busy}; {steps}", (), {}, False)):
            ours, theirs = pty.openpty()
            run = Run(self, scenario(body, duration="2s"), (), options, theirs, **{"TERM": "xterm", **variables})
            os.close(theirs)
            drawn = b""
            try:
                while part := os.read(ours, 4096):
                    drawn += part
            except OSError:
                pass  # nobody has the other end any more
            os.close(ours)
            lines = drawn.decode().split("\r\033[K")
            seen = all(any(f'probe, "{step}": at most' in line for line in lines) for step in ("first", "then"))
            fault = f"the terminal got {drawn}"
            if wanted and seen and lines[0] == lines[-1] == "" and len(lines) < 12 or not wanted and not drawn:
                fault = ""
            self.judge(name, run, fault, [0])
        run = Run(self, scenario(steps, duration="2s"), TERM="xterm")
        run.end()
        self.judge("no progress without a terminal", run, run.read(run.err), [0])

    def check_noise(self):
        """A hog on one of two CPUs makes equal workers unequal: that is no failure of the scheduler."""
        name = "a busy machine is inconclusive, not a failure"
        cpus = sorted(os.sched_getaffinity(0))
        if len(cpus) < 2 or not self.root:
            self.tap.skipped(name, "it takes two CPUs and root")
            return
        text = "scenario probe { cgroup g { cpus = cpus(\"%d,%d\"); spawn 2 cpu_spin { affinity = spread } }\n" % tuple(cpus[:2])
        text += "hold 1200ms; expect { no gap } }\n"
        code, run, end = None, None, time.monotonic() + self.deadline
        # Real-time, so that whatever else runs here cannot hide it (a nice value counts only within
        # its session's autogroup); RT throttling leaves the CPU 5 % of its time.
        hog = subprocess.Popen(["chrt", "-f", "1", "taskset", "-c", str(cpus[0]), "sh", "-c",
                                "while :; do :; done"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            # Other load may hide the hog's effect, so that it passes: look again. It must never fail.
            while code in (None, 0) and time.monotonic() < end:
                run = Run(self, text)
                code = run.end()
        finally:
            hog.kill()
            hog.wait()
        fault = "" if "too busy to judge" in run.read(run.out) else "the noise should be told with its figures"
        self.judge(name, run, fault, [6])

    def check_starved(self):
        """What starves all usual tasks keeps ktstr from none of its steps, where it may outrank them;
        where it may not, as with a nice value of its user's, it tells so.
        """
        cpus = sorted(os.sched_getaffinity(0))
        text = "scenario probe { cgroup g { spawn cpu_spin }; hold 2s; expect { no gap; no spread; no not_starved } }\n"
        for name, prefix, told in (("ktstr itself is not starved with its workers", (), False),
                                   ("a ktstr that was kept waiting tells so", ("nice", "-n", "5"), True)):
            if not self.root or not self.has_cgroups:
                self.tap.skipped(name, "it takes root and cgroups that can be written")
                continue
            # The kernel leaves usual tasks 5 % of the time. A virtual machine may stand still by
            # itself, and then ktstr waits whatever its rank: look again.
            end = time.monotonic() + 2 * self.deadline
            while True:
                hogs = [subprocess.Popen(["timeout", "4", "chrt", "-f", "1", "taskset", "-c", str(cpu), "sh", "-c",
                                          "while :; do :; done"]) for cpu in cpus]
                run = Run(self, text, prefix)
                run.end()
                for hog in hogs:
                    hog.wait()
                if ("ktstr itself waited up to" in run.read(run.out)) == told or time.monotonic() > end:
                    break
                run.traces()
            seen = "ktstr itself waited up to" in run.read(run.out)
            self.judge(name, run, "" if seen == told else f"told that it waited: {seen}", [6])

    def check_fewer_cpus(self):
        """Somebody takes a CPU away from the run: what its timing is then worth, nobody knows."""
        name = "a run that loses a CPU is inconclusive, not a failure"
        cpus = sorted(os.sched_getaffinity(0))
        if len(cpus) < 2 or not self.root:
            self.tap.skipped(name, "it takes two CPUs and root")
            return
        run = Run(self, "scenario probe { cgroup g { spawn 4 cpu_spin }; hold 1500ms; expect { gap <= 1ns; no spread } }\n")
        fault = run.wait_for_workers(True)
        folders = [folder for top in machine.cgroups_of(run.process.pid) for folder, _, _ in os.walk(top, topdown=False)]
        files = [Path(folder, "cpuset.cpus") for folder in folders if Path(folder, "cpuset.cpus").exists()]
        for file in files:
            file.write_text(str(cpus[0]))
        code = run.end()
        told = re.search(r"the run's CPUs were \S+ and then %d, seen" % cpus[0], run.read(run.out))
        self.judge(name, run, fault or ("" if files and told else f"the change is to be told, code {code}"), [6])

    def check_stood(self):
        """A machine that stands still, all of a run stopped and let go together, starves nobody."""
        name = "a machine that stood still is inconclusive, not a failure"
        if not self.root or not self.has_cgroups:
            self.tap.skipped(name, "it takes root and cgroups that can be written")
            return
        run = Run(self, "scenario probe { cgroup g { spawn 4 cpu_spin }; hold 4s; expect { gap <= 1200ms; no spread } }\n")
        fault = run.wait_for_workers(True)
        tasks = [run.process.pid] + [pid for pid, _, _ in run.workers()]
        for pid in tasks:
            os.kill(pid, signal.SIGSTOP)
        wait_until(lambda: False, 1.5)
        for pid in reversed(tasks):
            os.kill(pid, signal.SIGCONT)
        code = run.end()
        told = re.search(r"it stood still for [\d.]+ m?s \(200 ms is too much\), seen", run.read(run.out))
        found = "inconclusive[gap]" in run.read(run.out)
        self.judge(name, run, fault or ("" if told and found else f"the stop is to be told, code {code}"), [6])

    def unfair_run(self, hold, setting=""):
        """A run in which one of two equal workers is stopped behind ktstr's back for most of the hold."""
        run = Run(self, f"scenario probe {{ {setting}cgroup g {{ spawn 2 cpu_spin }}; hold {hold}; expect {{ no gap }} }}\n")
        if wait_until(lambda: sum(ticks >= 3 for _, _, ticks in run.workers()) == 2, self.deadline):
            victim = run.workers()[0][0]
            os.kill(victim, signal.SIGSTOP)
            # It is let go before the end, or it could not stop in time; a run that ended killed it.
            wait_until(lambda: run.process.poll() is not None, 0.7 * hold_seconds(hold))
            try:
                os.kill(victim, signal.SIGCONT)
            except ProcessLookupError:
                pass
        return run, run.end()

    def check_unfair(self):
        """Unequal service of equal workers is a failure, with its figures; too briefly seen, it is none."""
        for name, hold, code, text in (("unequal service is a failure", "2s", 1, "fail[spread]"),
                                       ("unequal service, seen too briefly", "600ms", 6, "too briefly for a failure")):
            end = time.monotonic() + self.deadline
            run, ended = self.unfair_run(hold)
            # A busy machine makes the long one inconclusive; it must never pass.
            while ended == 6 != code and time.monotonic() < end:
                run, ended = self.unfair_run(hold)
            said = run.read(run.out)
            if ended == 6 != code and "inconclusive[spread]" in said and "too busy to judge" in said:
                run.traces()
                self.tap.skipped(name, f"other load: for {self.deadline} s no run could be judged")
                continue
            self.judge(name, run, "" if text in said else f"the report should say {text}", [code])
        name, end = "unequal service that is evened out in time", time.monotonic() + self.deadline
        run, ended = self.unfair_run("600ms", "extend = 10s; ")
        while ended in (1, 6) and time.monotonic() < end:  # a busy machine, in the end or before
            run, ended = self.unfair_run("600ms", "extend = 10s; ")
        told = re.search(r"the spread of cpu_spin in 'g' was [\d.]+%; so it went on for [\d.]+ m?s, until that was fair", run.read(run.out))
        self.judge(name, run, "" if told else "the report should say that it went on", [0])

        run = Run(self, "scenario w { settle = 0s; extend = 1s; cgroup g { spawn 2 bursty(1ms, 4ms) }; hold 300ms;"
                  " expect { wake_cv <= 0.001; no spread } }\n")
        ended = run.end()
        fault = "" if ended == 6 and "wake_cv" in run.read(run.out) else "too much variation, seen too briefly, is inconclusive"
        self.judge("wakes are not looked at before the end", run, fault, [6])

    @staticmethod
    def is_controlled(pid):
        """Is a task in a group of ours that has the cpu controller? None when it has gone."""
        try:
            lines = [line.split(":", 2) for line in Path(f"/proc/{pid}/cgroup").read_text().splitlines()]
        except OSError:
            return None
        of_v1 = any("cpu" in names.split(",") and "/ktstr-" in path for _, names, path in lines)
        return of_v1 or any(not names and Path(mount, path.lstrip("/"), "cpu.weight").exists()
                            for _, names, path in lines for mount in machine.cgroup_mounts() if "/ktstr-" in path)

    def check_no_ctrl(self):
        """With the flag no_ctrl groups are without the cpu controller, and with it again afterwards."""
        name = "no_ctrl leaves the cpu controller off"
        text = "".join(f"scenario {one} {{ {clause}; cgroup g {{ spawn cpu_spin }}; hold 500ms; expect {{ no gap; no spread }} }}\n"
                       for one, clause in (("before", "settle = 0s"), ("without", "requires no_ctrl"), ("after", "settle = 0s")))
        run, found = Run(self, text, options=["--workers", "1"]), {}
        while run.process.poll() is None:
            # Only those that run are where they belong.
            for pid, _, _ in [one for one in run.workers() if one[2] >= 5 and one[0] not in found]:
                if (controlled := self.is_controlled(pid)) is not None:
                    found[pid] = controlled
            time.sleep(0.02)
        if found and not any(found.values()):
            self.tap.skipped(name, "this machine's cgroups have no cpu controller")
            run.traces()
            return
        fault = "" if list(found.values()) == [True, False, True] else f"workers found it {found}"
        self.judge(name, run, fault, [0, 6])

    def check_normal_user(self):
        """Without the right to cgroups: one line says what would give it, and there is a verdict."""
        name = "a normal user gets a verdict"
        if not self.root:
            self.tap.skipped(name, "only root can become another user")
            return
        prefix = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
        run = Run(self, scenario("hold rest"), prefix)
        run.end()
        lines = run.read(run.err).splitlines()
        told = [line for line in lines if re.search(r"systemd-run|docker run|sudo|chown", line)]
        fault = "" if len(told) == 1 and len(lines) == 1 else "stderr should be one line that names a command"
        self.judge(name, run, fault, [0])


def run_parts(description, *parts):
    """Reads the command line, and runs the parts of a test in a folder that a normal user can enter."""
    arguments = program_parser(description).parse_args()
    # Whoever started this may ignore some of them (nohup), and programs keep that.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) == signal.SIG_IGN:
            signal.signal(number, signal.SIG_DFL)
    with tempfile.TemporaryDirectory(prefix="kts-live-") as folder:
        Path(folder).chmod(0o755)
        live = Live(arguments, Path(folder))
        for part in parts:
            part(live)
    live.tap.finish()


if __name__ == "__main__":
    run_parts(__doc__, Live.check_ends, Live.check_refusal, Live.check_signals, Live.check_group_signal,
              Live.check_kill, Live.check_dead_worker, Live.check_memory, Live.check_start, Live.check_progress,
              Live.check_noise, Live.check_starved, Live.check_fewer_cpus, Live.check_stood, Live.check_unfair, Live.check_no_ctrl, Live.check_normal_user)
