#!/usr/bin/env python3
"""How well `sequence(spin(2ms), sleep(8ms))` keeps its period of 10 ms, against rt-app with the same phases.

    period.py KTSTR SLEEP_LOG.so

Both have the same library preloaded, which keeps the times at which their sleeps end; both run in
turn, and before all other tasks (SCHED_FIFO), so that it is their own errors that are seen.

A p99 of 400 periods is made by the four that the machine disturbed most: it differs from run to run
by more than itself, and medians of such runs by a tenth and more. So ktstr's is called worse where
the ratio of the medians is beyond 1 by more than the ± of both sides, or where it is worse in more of
the pairs than chance makes of equals once in a hundred times (sign test).
"""

import json
import math
import os
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

from measure import Table, in_turn, median

RUNS, SECONDS, PERIOD_NS, FIRST, CHANCE = 15, 4, 10_000_000, 5, 0.01
SCENARIO = f"""scenario period {{
    settle = 0s
    duration = {SECONDS}s
    cgroup g {{ spawn 1 sequence(spin(2ms), sleep(8ms)) {{ policy = fifo(10) }} }}
    hold rest
    expect {{ wake_p99 <= 10s; no gap; no spread }}
}}
"""
RT_APP = {"tasks": {"seq": {"loop": -1, "policy": "SCHED_FIFO", "priority": 10, "runtime": 2000, "sleep": 8000}},
          "global": {"duration": SECONDS, "calibration": 100, "default_policy": "SCHED_OTHER", "lock_pages": False}}


def error_ns(folder, library, command):
    """The 99th percentile of how far periods were off, of one run."""
    log = Path(folder, "log")
    subprocess.run(command, env={**os.environ, "LD_PRELOAD": str(library), "SLEEP_LOG": str(log)}, cwd=folder,
                   stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    longest = []
    for path in Path(folder).glob("log.*"):
        content = path.read_bytes()
        count = struct.unpack_from("q", content)[0]
        times = struct.unpack_from(f"{count}q", content, 8)[FIRST:]
        longest = max(longest, times, key=len)
        path.unlink()
    if len(longest) < SECONDS * 50:
        sys.exit(f"{command[0]} slept only {len(longest)} times")
    errors = sorted(abs(after - before - PERIOD_NS) for before, after in zip(longest, longest[1:]))
    return errors[len(errors) * 99 // 100], errors[len(errors) // 2]


def most_by_chance(pairs):
    """In so many of the pairs either of two equals is the larger; in more only with CHANCE."""
    ways = [math.comb(pairs, count) for count in range(pairs + 1)]
    return next(count for count in range(pairs + 1) if sum(ways[count + 1:]) <= CHANCE * sum(ways))


def main():
    """Runs both in turn."""
    ktstr, library = Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve()
    table = Table()
    with tempfile.TemporaryDirectory(prefix="kts-bench-") as folder:
        Path(folder, "period.kts").write_text(SCENARIO)
        Path(folder, "period.json").write_text(json.dumps(RT_APP))
        pairs = in_turn(lambda: error_ns(folder, library, [ktstr, "exec", "period.kts"]),
                        lambda: error_ns(folder, library, ["rt-app", "period.json"]), RUNS)
    for place, quantile in ((1, "median"), (0, "p99")):
        figures = [(ours[place], theirs[place]) for ours, theirs in pairs]
        for who, values in (("ktstr", [ours for ours, _ in figures]), ("rt-app", [theirs for _, theirs in figures])):
            middle, spread = median(values)
            table.row(f"period error, {quantile}, {who}", middle / 1e3, "us", None, spread / 1e3)
        # Of the middles: single runs differ by what else the machine did, and so do their ratios.
        (mine, mine_spread), (theirs, spread) = (median(values) for values in zip(*figures))
        noise = (mine_spread + spread) / theirs
        table.row(f"period error, {quantile}, ktstr ÷ rt-app", mine / theirs, "", 1 + noise if place == 0 else None)
        table.row(f"pairs of {RUNS} in which ktstr's was larger", sum(ours > theirs for ours, theirs in figures), "",
                  most_by_chance(RUNS) if place == 0 else None)
    table.finish()


if __name__ == "__main__":
    main()
