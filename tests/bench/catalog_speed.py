#!/usr/bin/env python3
"""How long the whole catalog takes to check, and to plan on every preset.

    catalog_speed.py KTSTRC KTSTR
"""

import sys
from pathlib import Path

from measure import Table, cost, median

TURNS = 11
CATALOG = Path(__file__).resolve().parent.parent.parent / "scenarios"


def main():
    """Prints the figures."""
    ktstrc, ktstr = sys.argv[1:3]
    table = Table()
    for name, limit_ms, command in (("check of the whole catalog", 100, [ktstrc, "check", "-q", CATALOG]),
                                    ("its plans on 24 presets", 2000, [ktstr, "plan", "--gauntlet", CATALOG])):
        costs = [cost(command) for _ in range(TURNS)]
        middle, spread = median([one.wall * 1e3 for one in costs])
        table.row(name, middle, "ms", limit_ms, spread)
        middle, spread = median([one.cpu * 1e3 for one in costs])
        table.row(f"{name}: CPU time", middle, "ms", limit_ms, spread)
    table.finish()


if __name__ == "__main__":
    main()
