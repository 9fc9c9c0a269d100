#!/usr/bin/env python3
"""Each measurement can be wrong: real runs whose workers are disturbed behind ktstr's back.

    live_metrics.py --ktstrc build/ktstrc --ktstr build/ktstr [--sanitized]

Every disturbance must be found by the metric that is about it, with figures that fit what was done;
and the same run undisturbed must stay on the other side of the limit. Other load on the machine can
spoil the latter, so that it is tried again until a deadline; the former it can turn from FAIL into
INCONCLUSIVE, and make the disturbance come too early or too late, so that it is done again, twice at
most. A metric that is wrong is wrong each time.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "lib"))
from live import Live, Run  # noqa: E402
from programs import program_parser, wait_until  # noqa: E402

ANY_CODE = [0, 1, 6]
TRIES = 3
# What a worker has used when it has surely been released, in ns of CPU time: its set-up takes less.
SET_UP_NS, SANITIZED_SET_UP_NS = 10_000_000, 40_000_000


def worth(body, limits, hold="1500ms", settings=""):
    """A scenario judged by these limits alone."""
    return (f"scenario probe {{ settle = 0s; {settings}\n{body}\nhold {hold}\n"
            f"expect {{ no not_starved; no gap; no spread; {limits} }} }}\n")


class Measured:
    """One run that has ended: its report."""

    def __init__(self, live, text, disturb=None, options=()):
        self.run = Run(live, text, options=("--format", "json", *options))
        self.fault = ""
        if disturb:
            self.fault = self.disturbed(live, disturb) or ""
        self.code = self.run.end()
        try:
            self.scenario = json.loads(self.run.read(self.run.out))["scenarios"][0]
        except (ValueError, LookupError):
            self.scenario = {"reasons": [], "groups": [], "status": "none"}

    def disturbed(self, live, disturb):
        """Waits until the workers have started, and disturbs them."""
        enough = SANITIZED_SET_UP_NS if live.sanitized else SET_UP_NS

        def started():
            found = self.run.workers()
            return self.run.process.poll() is not None or (found and all(self.used_ns(one[0]) > enough for one in found))
        if not wait_until(started, live.deadline) or self.run.process.poll() is not None:
            return "its workers did not start"
        return disturb([pid for pid, _, _ in self.run.workers()])

    @staticmethod
    def used_ns(pid):
        """CPU time of a process; of one that has ended more than any limit."""
        try:
            return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0])
        except (OSError, ValueError):
            return float("inf")

    def reason(self, check):
        """The reason of a check that failed, or would have on a quieter machine."""
        found = [one for one in self.scenario["reasons"]
                 if one["check"] == check and one["status"] in ("FAIL", "INCONCLUSIVE") and "observed" in one]
        return found[0] if found else None

    def metric(self, name):
        """The figure of its only group."""
        return self.scenario["groups"][0]["metrics"][name] if self.scenario["groups"] else None

    def each(self):
        """Its workers."""
        return self.scenario["groups"][0]["each"] if self.scenario["groups"] else []


def halt(pids, seconds):
    """Stops processes for a time, by a signal."""
    try:
        for pid in pids:
            os.kill(pid, signal.SIGSTOP)
        time.sleep(seconds)
        for pid in pids:
            os.kill(pid, signal.SIGCONT)
    except ProcessLookupError:
        return "a worker ended before it was let go"
    return ""


class Metrics(Live):
    """The cases: each gives names, and what is wrong with each."""

    def settled(self, case):
        """Reports a case; what was wrong with it may be right when it is run again."""
        results = {}
        for _ in range(TRIES):
            for name, fault in case():
                if results.get(name, "not seen yet"):
                    results[name] = fault
            if not any(results.values()):
                break
        for name, fault in results.items():
            self.tap.check(name, fault)

    def finds(self, name, measured, check, least, most=float("inf")):
        """The disturbance is found: a reason of this check whose figure lies between."""
        reason = measured.reason(check)
        fault = measured.fault
        if not fault and not reason:
            fault = f"no reason of {check}"
        elif not fault and not least <= reason["observed"] <= most:
            fault = f"{check} is {reason['observed']}, not from {least} to {most}"
        elif not fault and reason["layer"] != "scenario":
            fault = f"the limit is of the scenario, not of '{reason['layer']}'"
        return name, fault and f"{fault}\n{measured.run.printed()}"

    def is_calm(self, name, text, check, options=()):
        """Undisturbed, the limit holds; other load may spoil a try."""
        end = time.monotonic() + self.deadline
        while True:
            measured = Measured(self, text, options=options)
            fault = ""
            if measured.code not in ANY_CODE or measured.metric(check) is None:
                fault = f"there is no {check}"
            elif measured.reason(check):
                fault = f"{check} should hold"
            if not fault or time.monotonic() > end:
                break
        return name, fault and f"{fault}\n{measured.run.printed()}"

    def check_halted(self):
        """A worker that is stopped by a signal wants to run and does not."""
        body = "cgroup g { spawn 1 cpu_spin }"
        text = worth(body, "gap <= 300ms; stall <= 300ms")
        measured = Measured(self, text, lambda pids: halt(pids, 0.7))
        yield self.finds("a gap is found", measured, "gap", 0.6e9, 5e9)
        yield self.finds("a stall is found", measured, "stall", 0.4e9, 5e9)
        lasting = Measured(self, worth(body, "stall <= 200ms for 200ms"), lambda pids: halt(pids, 0.8))
        yield self.finds("a stall that lasts is found", lasting, "stall", 0.2e9, 5e9)
        yield self.is_calm("without it there is no gap", text, "gap")
        yield self.is_calm("without it there is no stall", text, "stall")

    def check_unequal(self):
        """One of two workers is made nice, stopped half of the time, or kept busy with signals."""
        def nice(pids):
            os.setpriority(os.PRIO_PROCESS, pids[0], 19)

        one_cpu = 'cgroup g { cpus = cpus("0"); spawn 2 cpu_spin }'
        text = worth(one_cpu, "spread <= 30%")
        if self.root:
            yield self.finds("a nice worker is found", Measured(self, text, nice), "spread", 0.3, 1)
        yield self.is_calm("without it service is equal", text, "spread")

        spread = "cgroup g { spawn 2 cpu_spin { affinity = spread } }"
        halves = Measured(self, worth(spread, "iteration_rate >= 1_000_000_000"), lambda pids: halt(pids[:1], 0.8))
        rates = sorted(one["iterations"] / one["wall_ns"] * 1e9 for one in halves.each()) or [0, 0]
        yield self.finds("the slower of two is the one that counts", halves, "iteration_rate", rates[0] * 0.99,
                   rates[0] * 1.01)
        yield ("stopped for half of the time it is slower",
               "" if 0 < rates[0] < 0.85 * rates[-1] else f"rates {rates}\n{halves.run.printed()}")
        rated = Measured(self, worth(spread, "work_rate >= 1_000_000_000_000_000"))
        rates = [one["work_units"] / one["cpu_ns"] * 1e9 for one in rated.each()] or [0]
        yield self.finds("a rate of work is that of CPU time", rated, "work_rate", min(rates) * 0.99, min(rates) * 1.01)

    def check_signals_cost(self):
        """Signals take CPU time that does no work: throughput per CPU time is unequal."""
        name = "interrupted work is found"
        if len(os.sched_getaffinity(0)) < 2:
            self.tap.skipped(name, "it takes two CPUs")
            return

        def storm(pids):
            code = ("import os, signal, sys, time\nend = time.monotonic() + 1.2\n"
                    "while time.monotonic() < end:\n  for _ in range(2000): os.kill(int(sys.argv[1]), signal.SIGUSR1)\n")
            senders = [subprocess.Popen([sys.executable, "-c", code, str(pids[0])], stderr=subprocess.DEVNULL)
                       for _ in range(2)]
            for sender in senders:
                sender.wait()

        text = worth('cgroup g { cpus = cpus("0"); spawn 2 cpu_spin }', "throughput_cv <= 5%")
        yield self.finds(name, Measured(self, text, storm), "throughput_cv", 0.05, 1)
        yield self.is_calm("without signals throughput is equal", text, "throughput_cv")

    def check_late_wakes(self):
        """A sleeper that cannot wake when it should is late; its sleep itself is no latency."""
        text = worth("cgroup g { spawn 1 bursty(5ms, 60ms) }", "wake_p999 <= 200ms; wake_cv <= 8.0; wake_p50 <= 10s",
                     hold="2500ms")

        def halts(pids):
            fault = halt(pids, 0.4)
            time.sleep(0.1)
            return fault or halt(pids, 0.4)

        measured = Measured(self, text, halts)
        yield self.finds("a late wake is found", measured, "wake_p999", 0.25e9, 2e9)
        groups = measured.scenario["groups"]
        histogram = groups[0]["histogram"] if groups else None
        counts = sum(one[2] for one in histogram["buckets"]) if histogram else 0
        waits = sum(one["waits"] for one in measured.each())
        yield ("all waits are in the histogram",
               "" if counts == waits > 5 and counts == histogram["count"] else f"{counts} of {waits}")
        yield self.is_calm("without it wakes are in time", text, "wake_p999")
        calm = Measured(self, text)
        yield ("a sleep is no wake latency",
               "" if (calm.metric("wake_p50") or 1e9) < 50e6 else calm.run.printed())

    def check_waiting(self):
        """Two workers on one CPU wait for it, as long as the kernel says."""
        text = worth('cgroup g { cpus = cpus("0"); spawn 2 cpu_spin }',
                     "run_delay_mean <= 10us; run_delay_max <= 100us")
        seen = {}

        def watch(pids):
            def ended():
                for pid in pids:
                    try:
                        seen[pid] = int(Path(f"/proc/{pid}/schedstat").read_text().split()[1])
                    except (OSError, IndexError):
                        return True
                return False
            wait_until(ended, self.deadline)

        measured = Measured(self, text, watch)
        yield self.finds("waiting for a CPU is found", measured, "run_delay_mean", 100e3, 1e9)
        yield self.finds("the longest wait is found", measured, "run_delay_max", 500e3, 1.5e9)
        told = {one["pid"]: one["run_delay_ns"] for one in measured.each()}
        close = len(told) == 2 and all(abs(told[pid] - seen.get(pid, 0)) < 0.2 * told[pid] + 50e6 for pid in told)
        yield ("the kernel tells the same", "" if close else f"{told} is not {seen}")

    def check_moved(self):
        """Workers are sent to other CPUs behind ktstr's back."""
        names = ("an excursion is found", "migrations are found", "crowded CPUs are found")
        if len(os.sched_getaffinity(0)) < 2:
            for name in names:
                self.tap.skipped(name, "it takes two CPUs")
            return
        affinity = ("--backend", "affinity")
        pinned = 'cgroup g { cpus = cpus("0"); spawn 1 cpu_spin }'

        def away(pids):
            os.sched_setaffinity(pids[0], {1})

        text = worth(pinned, "isolated")
        yield self.finds(names[0], Measured(self, text, away, affinity), "isolated", 1)
        yield self.is_calm("without it there is none", text, "isolated", affinity)

        def to_and_fro(pids):
            for turn in range(40):
                os.sched_setaffinity(pids[0], {turn % 2})
                time.sleep(0.02)

        text = worth("cgroup g { spawn 1 cpu_spin }", "migration_ratio < 0.0001%")
        measured = Measured(self, text, to_and_fro, affinity)
        yield self.finds(names[1], measured, "migration_ratio", 1e-6, 1)
        moves = measured.each()[0]["moves"] if measured.each() else []
        times = [one[0] for one in moves]
        yield ("each with its time and CPUs", "" if len(moves) >= 20 and times == sorted(times) and all(
            {one[1], one[2]} == {0, 1} for one in moves) else f"moves {moves}\n{measured.run.printed()}")

        def crowd(pids):
            for pid in pids:
                os.sched_setaffinity(pid, {0})

        text = worth('cgroup g { cpus = cpus("0-1"); spawn 4 cpu_spin }', "imbalance <= 3.5 for 300ms")
        yield self.finds(names[2], Measured(self, text, crowd, affinity), "imbalance", 4, 4)
        yield self.is_calm("without it they are shared out", text, "imbalance", affinity)

    def check_pressure(self):
        """Four workers on one CPU: some of them wait always."""
        text = worth('cgroup g { cpus = cpus("0"); spawn 4 cpu_spin }', "pressure <= 50% for 300ms")
        if not Path("/proc/pressure/cpu").exists():
            self.judge("no pressure is told here", Run(self, text), "", [4])
            return
        yield self.finds("pressure is found", Measured(self, text), "pressure", 0.5, 1)

    def check_throttled(self):
        """A quota stops its group in each period."""
        name = "throttling is found"
        text = worth('cgroup g { quota = 20%; cpus = cpus("0"); spawn 1 cpu_spin }', "nr_throttled <= 2")
        measured = Measured(self, text)
        if measured.scenario["status"] == "SKIP":
            self.tap.skipped(name, measured.scenario["reasons"][0]["message"])
            return
        yield self.finds(name, measured, "nr_throttled", 3, 40)
        nested = worth("cgroup g { quota = 20% }\ncgroup g/h { spawn 1 cpu_spin }", "nr_throttled <= 2")
        yield self.finds("so is that of a cgroup above", Measured(self, nested), "nr_throttled", 3, 40)
        yield self.is_calm("without a quota there is none", text.replace("quota = 20%; ", ""), "nr_throttled")

    def check_no_cgroups(self):
        """What only cgroups can tell."""
        text = worth('cgroup g { cpus = cpus("0"); spawn 1 cpu_spin }', "nr_throttled <= 2")
        run = Run(self, text, options=("--backend", "affinity"))
        self.judge("without cgroups it is a skip", run, "", [4])

    def check_nodes(self):
        """Pages of several nodes, or a skip."""
        text = worth("cgroup g { spawn 1 cpu_spin }",
                     "page_locality >= 0.0; slow_tier_ratio <= 100%; cross_node_ratio <= 1000.0")
        nodes = Path("/sys/devices/system/node/has_memory")
        if nodes.exists() and any(mark in nodes.read_text() for mark in ",-"):
            measured = Measured(self, text)
            held = measured.code == 0 and 0 <= measured.metric("page_locality") <= 1
            self.tap.check("pages are told by node", "" if held else measured.run.printed())
            return
        run = Run(self, text)
        run.end()
        told = "only one memory node" in run.read(run.out)
        self.judge("one node is a skip", run, "" if told else "the reason should be told", [4])


def main():
    """Runs every case."""
    arguments = program_parser(__doc__).parse_args()
    with tempfile.TemporaryDirectory(prefix="kts-live-") as folder:
        Path(folder).chmod(0o755)
        live = Metrics(arguments, Path(folder))
        for part in (live.check_halted, live.check_unequal, live.check_signals_cost, live.check_late_wakes,
                     live.check_waiting, live.check_moved, live.check_pressure, live.check_throttled):
            live.settled(part)
        live.check_no_cgroups()
        live.check_nodes()
    live.tap.finish()


if __name__ == "__main__":
    main()
