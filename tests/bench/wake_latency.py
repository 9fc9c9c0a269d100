#!/usr/bin/env python3
"""Wake latency that ktstr reports, against bare probes under the same load: every CPU has a hog.

    wake_latency.py KTSTR PROBE

`bursty` stands beside a bare probe of its shape, and one that hardly computes beside cyclictest.
Both of a pair run in turn, on the same CPU (on a virtual machine one may be twice as late as
another) and before all other tasks (SCHED_FIFO): among equals a wake-up waits for the slices of
whoever runs there, and where cgroups have shares that differs by place. A histogram's bucket is
3 % wide; what the runs of each differ by is noise. The tail is made of wake-ups that coincide with
a tick of the kernel's clock: all sleep from where they are (cyclictest with --relative), as a fixed
period meets others of these ticks.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from measure import Table, in_turn, median

RUNS, SECONDS, BUCKET, MEDIAN_LIMIT, PRIORITY = 10, 6, 0.03, 0.20, 10
CPU = max(os.sched_getaffinity(0))
SCENARIO = """scenario wakes {{
    settle = 0s
    duration = {seconds}s
    cgroup g {{ cpus = cpus("{cpu}"); spawn 1 bursty({burst}us, {sleep}us) {{ policy = fifo({priority}) }} }}
    hold rest
    expect {{ wake_p99 <= 10s; no gap; no spread }}
}}
"""


def said(*command):
    """What a program prints."""
    return subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False).stdout


def ours(ktstr, folder, burst, sleep):
    """Median and 99th percentile of one run."""
    file = Path(folder, "wakes.kts")
    file.write_text(SCENARIO.format(seconds=SECONDS, burst=burst, sleep=sleep, priority=PRIORITY, cpu=CPU))
    metrics = json.loads(said(ktstr, "exec", "--format", "json", file))["scenarios"][0]["groups"][0]["metrics"]
    return metrics["wake_p50"], metrics["wake_p99"]


def bare(probe, burst, sleep):
    """The same of the probe."""
    return [int(word) for word in said("taskset", "-c", CPU, "chrt", "-f", PRIORITY, probe, burst, sleep, SECONDS).split()[1:]]


def cyclictest(sleep):
    """The same of cyclictest, which tells whole microseconds, rounded down."""
    text = said("cyclictest", "--quiet", "--relative", "--threads=1", f"--affinity={CPU}", "--policy=fifo", f"--priority={PRIORITY}", "--laptop",
                f"--interval={sleep}", f"--duration={SECONDS}", "--histogram=100000")
    counts = [(int(us), int(count)) for us, count in re.findall(r"^(\d+) (\d+)$", text, re.MULTILINE)]
    samples = [us * 1000 + 500 for us, count in counts for _ in range(count)]
    return samples[len(samples) // 2], samples[len(samples) * 99 // 100]


def compare(table, name, left, right):
    """Alternating runs, and what their figures differ by."""
    pairs = in_turn(left, right, RUNS)
    for place, quantile in enumerate(("median", "p99")):
        (mine, mine_spread), (theirs, spread) = (median([pair[side][place] for pair in pairs]) for side in (0, 1))
        table.row(f"{name}: {quantile}, ktstr", mine / 1e3, "us", None, mine_spread / 1e3)
        table.row(f"{name}: {quantile}, bare", theirs / 1e3, "us", None, spread / 1e3)
        off = abs(mine - theirs) / theirs
        limit = MEDIAN_LIMIT if place == 0 else BUCKET + (mine_spread + spread) / theirs
        table.row(f"{name}: {quantile}s apart by", off * 100, "%", limit * 100)


def main():
    """Both pairs."""
    ktstr, probe = sys.argv[1:3]
    table = Table()
    hogs = [subprocess.Popen(["sh", "-c", "while :; do :; done"]) for _ in os.sched_getaffinity(0)]
    try:
        with tempfile.TemporaryDirectory(prefix="kts-bench-") as folder:
            compare(table, "bursty(1ms, 4ms)", lambda: ours(ktstr, folder, 1000, 4000), lambda: bare(probe, 1000, 4000))
            compare(table, "against cyclictest", lambda: ours(ktstr, folder, 1, 2000), lambda: cyclictest(2000))
    finally:
        for hog in hogs:
            hog.kill()
            hog.wait()
    table.finish()


if __name__ == "__main__":
    main()
