#!/usr/bin/env python3
"""How fast `ktstrc check` is, measured against luac on the same program written as Lua calls.

    check_speed.py KTSTRC [LUAC]

Lua's parser is one of the fastest there are, and it checks far less; so a small factor is the aim.
Both run in turn, so that a change of the machine's mood meets both.
"""

import sys
import tempfile
from pathlib import Path

from measure import Table, cost, median

PAIRS = 11
RATIO_LIMIT, MEMORY_LIMIT, GROWTH_LIMIT = 1.5, 20.0, 1.5
LINES_PER_PHASE = 10

KTS_HEAD = 'scenario long "Many phases" {\n    cgroup side { cpus = disjoint(0, 4) }\n'
KTS_PHASE = """    step "phase {n}" {{
        cgroup c_{n} {{
            cpus = disjoint({i}, 4)
            spawn 4 bursty(50ms, 100ms)
        }}
        hold 250ms
        set c_{n}.cpus = overlap(1, 3, 50%)
        move all from c_{n} to side
        clear c_{n}.cpus
    }}
"""
LUA_HEAD = 'scenario("long", "Many phases", function()\n    cgroup("side", function() cpus(disjoint(0, 4)) end)\n'
LUA_PHASE = """    step("phase {n}", function()
        cgroup("c_{n}", function()
            cpus(disjoint({i}, 4))
            spawn(4, bursty(ms(50), ms(100)))
        end)
        hold(ms(250))
        set("c_{n}", "cpus", overlap(1, 3, percent(50)))
        move_all("c_{n}", "side")
        clear("c_{n}", "cpus")
    end)
"""


def write(path, lines, head, phase, tail):
    """A program of that many lines."""
    with path.open("w") as file:
        file.write(head)
        for number in range(lines // LINES_PER_PHASE):
            file.write(phase.format(n=number, i=number % 4))
        file.write(tail)
    return path


def write_kts(folder, lines):
    """The program in our language."""
    return write(folder / f"{lines}.kts", lines, KTS_HEAD, KTS_PHASE, "}\n")


def main():
    """Measures the ratio, then the growth."""
    ktstrc = sys.argv[1]
    luac = sys.argv[2] if len(sys.argv) > 2 else "luac5.4"
    table = Table()
    with tempfile.TemporaryDirectory(prefix="kts-bench-") as name:
        folder = Path(name)
        kts = write_kts(folder, 100_000)
        lua = write(folder / "100000.lua", 100_000, LUA_HEAD, LUA_PHASE, "end)\n")
        compare(table, [ktstrc, "check", kts], [luac, "-p", lua])
        grow(table, ktstrc, folder)
    table.finish()


def compare(table, ours, theirs):
    """Runs both in turn and prints the median of the ratios within a pair."""
    cost(ours), cost(theirs)  # the first of each reads its files from the disk
    pairs = [(cost(ours), cost(theirs)) for _ in range(PAIRS)]
    table.row("ktstrc check, 100,000 lines", *_ms([ours.wall for ours, _ in pairs]))
    table.row("luac -p, the same as Lua calls", *_ms([theirs.wall for _, theirs in pairs]))
    ratio, spread = median([ours.wall / theirs.wall for ours, theirs in pairs])
    table.row("ratio of elapsed times", ratio, "", RATIO_LIMIT, spread)
    ratio, spread = median([ours.cpu / theirs.cpu for ours, theirs in pairs])
    table.row("ratio of CPU times", ratio, "", None, spread)


def _ms(seconds):
    """Median in milliseconds as a row's figure, unit, limit and spread."""
    middle, spread = median(seconds)
    return middle * 1e3, "ms", None, spread * 1e3


def grow(table, ktstrc, folder):
    """Prints time per line and memory per byte of text for programs of growing length."""
    per_line = {}
    for lines in (1_000, 10_000, 100_000, 1_000_000):
        file = write_kts(folder, lines)
        costs = [cost([ktstrc, "check", file]) for _ in range(7 if lines < 1_000_000 else 3)]
        per_line[lines] = median([one.cpu for one in costs])[0] / lines
        table.row(f"time per line of {lines:,}", per_line[lines] * 1e6, "us")
        if lines >= 100_000:  # below, the program itself weighs more than what it holds
            memory = max(one.peak_bytes for one in costs) / file.stat().st_size
            table.row(f"peak memory per byte of {lines:,} lines", memory, "", MEMORY_LIMIT)
        file.unlink()
    table.row("growth of time per line, 10,000 to 1,000,000", per_line[1_000_000] / per_line[10_000], "", GROWTH_LIMIT)


if __name__ == "__main__":
    main()
