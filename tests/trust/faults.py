#!/usr/bin/env python3
"""The machine refuses, takes away, stops: a run says so in its verdict, and leaves nothing behind.

    faults.py --ktstrc build/ktstrc --ktstr build/ktstr [--clock build/tests/libclock_steps.so] [--sanitized]

Forks that are refused, files that run out, cgroups removed underneath, sets emptied, groups full of
strangers, the terminal gone, ktstr stopped, the clock stepped. Workers killed by hand and for want of
memory, full disks and closed outputs: tests/live, tests/report, tests/cli.
"""

import os
import pty
import signal
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "live"))
import live as live_tests  # noqa: E402
from live import Live, Run, machine, run_parts, wait_until  # noqa: E402
from programs import SANITIZERS  # noqa: E402

NOBODY = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
HEAD = "settle = 0s\nduration = 300ms\nexpect { no gap; no spread }\n"
CPUSETS = Path("/sys/fs/cgroup/cpuset")


def scenario(body):
    """Judged by nothing that a busy machine could spoil."""
    return f"scenario probe {{\n{HEAD}{body}\n}}\n"


def says(one, *words):
    """What a run should have said and has not."""
    printed = one.read(one.out) + one.read(one.err)
    return "; ".join(f"it should say {word!r}" for word in words if word not in printed)


def starved(live):
    """For runs that have too little even for a sanitizer's look for leaks, which takes a process and files."""
    return {"ASAN_OPTIONS": f"{SANITIZERS['ASAN_OPTIONS']}:detect_leaks=0"} if live.deadline > 20 else {}


def check_processes(live):
    """RLIMIT_NPROC: fork is refused with EAGAIN in the middle of a spawn."""
    if not live.root:
        live.tap.skipped("fork is refused", "only root can become another user")
        return
    # The limit counts all processes of a user, so this one must have none.
    user = ["setpriv", "--reuid=61234", "--regid=61234", "--clear-groups"]
    for limit in (1, 2, 5, 20):
        one = Run(live, scenario("cgroup a { spawn 2 cpu_spin }\ncgroup b { spawn 60 cpu_spin }\nhold rest"),
                  [*user, "prlimit", f"--nproc={limit}"], ["--backend", "affinity"], **starved(live))
        one.end()
        live.judge(f"fork is refused: RLIMIT_NPROC {limit}", one,
                   says(one, "BROKEN probe", "fork was refused", "live.kts:"), [3])


def check_files(live):
    """RLIMIT_NOFILE: whatever it is that cannot be opened, the run ends, by itself, with a message."""
    codes, least = set(), None
    for limit in range(3, 60):
        one = Run(live, scenario("cgroup a { spawn 2 pipe_io }\ncgroup b { spawn 2 io_sync }\nhold 20ms"),
                  ["prlimit", f"--nofile={limit}"], **starved(live))
        code = one.end()
        codes.add(code)
        fault = "" if code == 0 or one.read(one.err) or "BROKEN" in one.read(one.out) else "it says nothing"
        if code in (0, 6) and least is None:
            least = limit
        if code not in (0, 2, 3, 6, 127) or fault or (left := one.traces()):
            live.tap.failed_with(f"RLIMIT_NOFILE {limit}", f"ended with {code}; {fault}; {left}\n{one.printed()}")
            return
    live.tap.note(f"runs in {least} descriptors; exit codes {sorted(codes)}")
    live.tap.check("files run out: RLIMIT_NOFILE from 3 to 59", "" if 3 in codes and least else f"only {codes}")


def check_removed(live):
    """A cgroup is removed by somebody else while the run has it."""
    if not (CPUSETS / "cgroup.procs").exists():
        live.tap.skipped("a cgroup removed underneath", "it is cgroup v2 here: tests/vm has it")
        return
    for name, body, code in (
            ("and nothing more is done with it", "create late\nhold 600ms", [0, 6]),
            ("and workers are to go there", "create late\nhold 600ms\nspawn 2 cpu_spin in late\nhold 50ms", [3]),
            ("and its CPUs are to be set", "create late\nhold 600ms\nset late.cpus = nth(all, 0)\nhold 50ms", [3]),
            ("and another below it is to be made", "create late\nhold 600ms\ncreate late/inner", [3])):
        one = Run(live, scenario("cgroup a { spawn 2 cpu_spin }\n" + body))
        groups = wait_until(lambda one=one: [group / "late" for group in machine.cgroups_of(one.process.pid)
                                             if (group / "late").exists()], live.deadline) or []
        fault = "" if groups else "no group was made"
        for group in groups:
            group.rmdir()
        one.end()
        if code == [3]:
            fault = fault or says(one, "BROKEN probe", "late", "live.kts:")
        live.judge(f"a cgroup removed underneath, {name}", one, fault, code)


def check_emptied(live):
    """ENOSPC: a cpuset without CPUs takes no task."""
    if not (CPUSETS / "cgroup.procs").exists():
        live.tap.skipped("a cpuset that was emptied", "a set of v2 that is empty is its parent's")
        return
    one = Run(live, scenario("create late\nhold 600ms\nspawn 2 cpu_spin in late\nhold 50ms"))
    group = wait_until(lambda: [CPUSETS / path / "late" for path in os.listdir(CPUSETS)
                                if path.startswith(f"ktstr-{one.process.pid}-")
                                and (CPUSETS / path / "late").exists()], live.deadline)
    if group:
        (group[0] / "cpuset.cpus").write_text("\n")
    one.end()
    live.judge("ENOSPC: a cpuset that was emptied", one,
               "" if group and not says(one, "No space left", "has no CPUs", "live.kts:") else f"{group} {says(one, 'has no CPUs')}", [3])


def check_strangers(live):
    """EBUSY: somebody else's task is in a group that is to go; it is killed, as host.h says."""
    if not (CPUSETS / "cgroup.procs").exists():
        live.tap.skipped("a stranger in a group", "it is cgroup v2 here: tests/unit has it there")
        return
    one = Run(live, scenario("scope { cgroup late { }; hold 500ms }\nhold 50ms\ncgroup a { spawn 2 cpu_spin }\nhold 100ms"))
    stranger = subprocess.Popen(["sleep", "60"])
    group = wait_until(lambda: [path / "late" for path in machine.cgroups_of(one.process.pid)
                                if (path / "late").exists()], live.deadline)
    for path in group or []:
        (path / "cgroup.procs").write_text(str(stranger.pid))
    one.end()
    ended = stranger.poll() == -signal.SIGKILL
    stranger.kill()
    stranger.wait()
    live.judge("EBUSY: a stranger in a group that goes", one, "" if group and ended else "the stranger lives on", [0, 6])


def check_terminal(live):
    """The terminal goes away: SIGHUP, and what it printed has nowhere to go."""
    ours, theirs = pty.openpty()
    # The leader of a session gets the terminal that it opens first for its own.
    own = ["sh", "-c", 'exec 4<>"$0"; exec 4<&-; exec "$@"', os.ttyname(theirs)]
    one = Run(live, live_tests.scenario("hold rest", duration="60s"), own, terminal=theirs)
    os.close(theirs)
    fault = one.wait_for_workers(busy=True)
    os.close(ours)
    one.end()
    live.judge("the terminal is gone", one, fault, [-signal.SIGHUP])


def check_stopped(live):
    """SIGSTOP for a second in the middle of a hold, then SIGCONT: it goes on, and says nothing false."""
    one = Run(live, live_tests.scenario("hold rest", duration="1500ms"))
    fault = one.wait_for_workers(busy=True)
    one.process.send_signal(signal.SIGSTOP)
    time.sleep(2)
    one.process.send_signal(signal.SIGCONT)
    one.end()
    live.judge("ktstr is stopped and goes on", one, fault, [0, 6])


def check_rights(live):
    """Workers have no right that their work does not take, whatever policy they were given."""
    if not live.root:
        live.tap.skipped("workers have no rights", "only root has any to drop")
        return
    nice = 1 << 23  # CAP_SYS_NICE
    for work, settings, wanted in (("cpu_spin", "", 0), ("io_sync", "{ policy = fifo(1) }", 0), ("fork_exit", "{ nice = -5 }", 0),
                                   ("nice_sweep", "", nice), ("policy_churn", "", nice)):
        one = Run(live, scenario(f"cgroup a {{ spawn 1 {work} {settings} }}\nhold 30s"))
        # Its name is set before its rights are dropped.
        found = []

        def rights():
            found[:] = []
            for pid, comm, ticks in machine.processes_with(one.mark):
                if comm.startswith("kts-") and ticks >= 0:
                    fields = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines())
                    found.append((*(int(fields[name], 16) for name in ("CapEff", "CapPrm", "CapInh")), int(fields["NoNewPrivs"])))
            return found and set(found) == {(wanted, wanted, 0, 1)}

        fault = "" if wait_until(rights, live.deadline) else f"its rights are {found}"
        one.process.send_signal(signal.SIGTERM)
        live.judge(f"rights of a worker of {work}", one, fault, [-signal.SIGTERM])


def check_clock(live):
    """The wall clock steps by hours, there and back, at every look: no time is measured by it."""
    preload = os.environ.get("KTS_CLOCK_STEPS")
    if not preload or live.deadline > 20:
        live.tap.skipped("the clock is stepped", "a preloaded library does not go with a sanitizer"
                         if live.deadline > 20 else "no library that steps it")
        return
    file = live.folder / "looks"
    one = Run(live, scenario('cgroup a { spawn 2 bursty(5ms, 5ms) }\nhold 200ms\nawait a.tasks == 2 timeout 1s\nrepeat every 20ms for 100ms { note "x" }'),
              LD_PRELOAD=preload, KTS_CLOCK_LOOKS=str(file))
    began = time.monotonic()
    one.end()
    looked = file.exists() and file.stat().st_size > 0
    fault = "" if time.monotonic() - began < 5 else "it took long"
    live.judge("the clock is stepped", one, fault or ("" if looked else "nobody looked at the clock: the test is void"), [0, 6])


if __name__ == "__main__":
    if "--clock" in sys.argv:
        at = sys.argv.index("--clock")
        os.environ["KTS_CLOCK_STEPS"] = os.path.abspath(sys.argv[at + 1])
        del sys.argv[at:at + 2]
    run_parts(__doc__, check_processes, check_files, check_removed, check_emptied, check_strangers, check_terminal,
              check_stopped, check_rights, check_clock)
