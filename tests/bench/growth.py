#!/usr/bin/env python3
"""Time and memory of runs of 1 to 4,096 workers and of 1 to 1,024 cgroups.

    growth.py KTSTR BARE_PROCESSES

Time is that of `ktstr exec` beyond its hold: everything is made, released, stopped, judged and
removed. Workers stand beside as many bare processes, made and ended in turn with them, for the
kernel itself takes longer for each of many. Memory is that of ktstr and all its workers, shared pages counted once, with page tables.
"""

import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from measure import Table, cost, median

HOLD, RUNS, GROWTH_LIMIT = 0.1, 5, 1.5
WORKERS, GROUPS = (1, 4, 16, 64, 256, 1024, 4096), (1, 4, 16, 64, 256, 1024)
REST_NS = 50_000_000  # CPU time of half a second
HEAD = "scenario growth {{ settle = 0s; duration = {hold}s; expect {{ no gap; no spread; no not_starved }}\n"
CROWD = HEAD + "cgroup crowd {{ spawn {count} sequence(sleep(60min)) }}; hold rest }}\n"
CELLS = HEAD + "for i in 0..{count} {{ cgroup cell[i] {{ cpus = usable }} }}; hold rest }}\n"


def seconds(ktstr, file, bare, count):
    """Beyond the hold, the medians of a few runs of both in turn."""
    ours, theirs = [], []
    for _ in range(RUNS):
        ours.append(cost([ktstr, "exec", file], (0, 6)).wall - HOLD)
        if bare:
            done = subprocess.run([bare, str(count), f"{HOLD * 1e3:.0f}"], capture_output=True, text=True, check=True)
            theirs.append(float(done.stdout) / 1e3)
    return median(ours)[0], median(theirs)[0] if bare else 0


def size_of(pid):
    """Bytes of a process: its share of what it shares, and its page tables."""
    share = int(re.search(r"^Pss: +(\d+) kB", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.MULTILINE)[1])
    tables = int(re.search(r"^VmPTE:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text(), re.MULTILINE)[1])
    return (share + tables) * 1024


def children_of(pid):
    """Its workers."""
    return Path(f"/proc/{pid}/task/{pid}/children").read_text().split()


def memory(ktstr, file, workers):
    """Of a run that holds, once nothing is made any more; it looks after the machine all the time, for little."""
    run = subprocess.Popen([ktstr, "exec", file], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        deadline, before = time.monotonic() + 60, -REST_NS
        while time.monotonic() < deadline:
            time.sleep(0.5)
            busy = int(Path(f"/proc/{run.pid}/schedstat").read_text().split()[0])
            if len(children_of(run.pid)) == workers and busy - before < REST_NS:
                return size_of(run.pid) + sum(map(size_of, children_of(run.pid)))
            before = busy
        sys.exit("the run does not come to rest")
    finally:
        run.terminate()
        run.wait()


def grow(table, ktstr, folder, what, counts, text, limit_kib, bare=None):
    """One series: each has its own figure, and the largest may not cost more per piece than a middle one."""
    file = Path(folder, "growth.kts")
    times, sizes, bares = {}, {}, {}
    for count in counts:
        file.write_text(text.format(hold=600, count=count))
        sizes[count] = memory(ktstr, file, count if text is CROWD else 0)
        file.write_text(text.format(hold=HOLD, count=count))
        times[count], bares[count] = seconds(ktstr, file, bare, count)
        table.row(f"{count:,} {what}: time", times[count] * 1e3, "ms")
        if bare:
            table.row(f"{count:,} bare processes: time", bares[count] * 1e3, "ms")
        table.row(f"{count:,} {what}: memory", sizes[count] / 2**20, "MiB")
    first, middle, last = counts[0], counts[-3], counts[-1]
    for name, figures in (("time", times), ("memory", sizes)):
        # What a run costs without any of them is none of theirs.
        each = {count: (figures[count] - figures[first]) / (count - first) for count in (middle, last)}
        if name == "memory":
            table.row(f"memory each of {last:,} {what}", each[last] / 1024, "KiB", limit_kib)
        growth = each[last] / each[middle]
        if figures[middle] > 2 * figures[first]:  # else it is lost in that
            table.row(f"{name} each, {last:,} ÷ {middle:,} {what}", growth, "", GROWTH_LIMIT)


def main():
    """Both series."""
    table = Table()
    with tempfile.TemporaryDirectory(prefix="kts-bench-") as folder:
        grow(table, sys.argv[1], folder, "workers", WORKERS, CROWD, 200, sys.argv[2])
        grow(table, sys.argv[1], folder, "cgroups", GROUPS, CELLS, 16)
    table.finish()


if __name__ == "__main__":
    main()
