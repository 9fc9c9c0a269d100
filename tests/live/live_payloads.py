#!/usr/bin/env python3
"""Payloads on this machine: where they run, how they end, how they are judged, and what they leave.

    live_payloads.py --ktstrc build/ktstrc --ktstr build/ktstr [--sanitized]
"""

import signal

from live import Run, machine, run_parts, wait_until

# What a payload does, as a shell says it; "\{" is a brace of the shell in a string of the language.
SHELL = """payload p {{
    exec = "sh"
    args = ["-c", "{script}"]
{settings}}}
scenario probe {{
    cgroup left {{ cpus = nth(all, 0) }}
    cgroup right {{ }}
    expect topo.cpus > 0
{body}
}}
"""


def program(script, body, settings=""):
    """A program with one payload."""
    return SHELL.format(script=script.replace("{", "\\{").replace('"', '\\"'), body=body,
                        settings="".join(f"    {line}\n" for line in settings.splitlines()))


def case(live, name, text, code, *said):
    """One run: its exit code, what its report says, and what it left behind."""
    run = Run(live, text)
    ended = run.end()
    printed = run.read(run.out)
    fault = "; ".join(f"the report should say {one!r}" for one in said if one not in printed)
    if ended is None:
        fault = "it did not end"
    live.judge(name, run, fault, [code])


def payload_of(run):
    """The processes that a run's payload is, as (pid, comm, ticks)."""
    return [one for one in machine.processes_with(run.mark) if one[1] in ("sh", "sleep")]


def check_verdicts(live):
    """How payloads end is judged; and their figures."""
    waits = "run p in left\nwait p"
    case(live, "a payload that ends well", program("exit 0", waits), 0, "payload p in left: exit code 0")
    case(live, "an exit code", program("echo no luck >&2; exit 3", waits), 1, "ended with exit code 3", "no luck")
    case(live, "an exit code that is wanted", program("exit 3", waits, "expect { exit_code == 3 }"), 0)
    case(live, "an exit code that nobody judges", program("exit 3", waits, "expect { no exit_code }"), 0)
    case(live, "a signal", program("kill -SEGV $$", waits), 1, "was killed by SIGSEGV")
    case(live, "one that does not end", program("sleep 60", waits, "timeout = 200ms"), 1, "did not end within 200ms")
    case(live, "one that is killed", program("sleep 60", "run p\nhold 100ms\nkill p"), 0, "ended by the scenario")
    case(live, "one that its block ends", program("trap '' TERM; sleep 60 & wait; sleep 60", "run p\nhold 100ms"), 0)
    case(live, "one that ends before it is waited for", program("exit 4", "run p\nhold 200ms\nwait p"), 1, "exit code 4")
    figures = 'output = "json"\nmetric a = "x.a"\nexpect { a >= 2; a < 3 }'
    case(live, "figures", program("echo '{\"x\": {\"a\": 2.5}}'", waits, figures), 0, "a 2.5")
    case(live, "a figure beyond its limit", program("echo '{\"x\": {\"a\": 3}}'", waits, figures), 1,
         "has a 3, expected < 3")
    case(live, "a figure that is not there", program("echo nothing", waits, figures), 1, "gave no 'a'")
    case(live, "figures on standard error", program("echo '{\"x\": {\"a\": 2}}' >&2", waits, figures), 0)
    case(live, "a program that is not there",
         program("", waits).replace('exec = "sh"', 'exec = "/no/such/program"'), 3, "No such file or directory")
    case(live, "a flood of output", program("head -c 20000000 /dev/zero | tr '\\\\0' x; echo; exit 5", waits), 1,
         "exit code 5")


def check_places(live):
    """A payload is in its group before it runs, and moves with the tasks of it."""
    if not (live.root and live.has_cgroups):
        live.tap.skipped("payloads in cgroups", "needs root and cgroups")
        return
    counts = 'output = "text"\nmetric there = "^there ([0-9]+)"\nexpect { there > 0 }'
    case(live, "it runs in its group", program("echo there $(grep -c ktstr-.*/left /proc/self/cgroup)",
                                               "run p in left\nwait p", counts), 0)
    case(live, "it counts as a task, and moves",
         program("sleep 60", "run p in left\nawait left.tasks >= 1\nmove all from left to right\n"
                 "expect left.tasks == 0\nexpect right.tasks >= 1\nremove right\nhold 50ms"), 0,
         "ended by the scenario")


def check_signals(live):
    """Whatever ends the run ends its payload."""
    text = program("trap '' TERM INT; sleep 60 & wait; sleep 60", "run p in left\nwait p")
    for number in (signal.SIGINT, signal.SIGTERM):
        run = Run(live, text)
        ready = wait_until(lambda: len(payload_of(run)) >= 2, live.deadline)
        run.process.send_signal(number)
        live.judge(f"{number.name} while a payload runs", run, "" if ready else "no payload came up", [-number])
    run = Run(live, text)
    name = "SIGKILL: the payload dies too"
    ready = wait_until(lambda: len(payload_of(run)) >= 2, live.deadline)
    run.process.kill()
    run.end()
    gone = wait_until(lambda: not any(comm == "sh" for _, comm, _ in payload_of(run)), live.deadline)
    run.traces()
    live.tap.check(name, "" if ready and gone else f"ready: {ready}, gone: {gone}\n{run.printed()}")


def check_scheduler(live):
    """A scheduler under test needs a kernel that can have one; it never passes without."""
    text = ('scheduler mine { exec = "sleep"; args = ["60"]; attach_timeout = 300ms }\n'
            "scenario probe { scheduler = mine; cgroup a { spawn cpu_spin }; hold 100ms }\n")
    with_sched_ext = machine.Path("/sys/kernel/sched_ext/state").exists()
    case(live, "a scheduler that cannot attach", text, *(
        (3, "was not attached in time") if with_sched_ext else (4, "this kernel has no sched_ext")))


if __name__ == "__main__":
    run_parts(__doc__, check_verdicts, check_places, check_signals, check_scheduler)
