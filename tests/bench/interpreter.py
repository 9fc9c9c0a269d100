#!/usr/bin/env python3
"""The interpreter against lua5.4: 50 million turns of modulo, compare and add, side by side.

    interpreter.py KTSTR
"""

import sys
import tempfile
from pathlib import Path

from measure import Table, cost, median

PAIRS, LIMIT, TURNS = 9, 0.7, 50_000_000
SCENARIO = f"""scenario loop {{
    for i in 0..{TURNS} {{
        if i % 3 == 0 {{ let _x = i + 1 }}
    }}
    skip "done"
}}
"""
LUA = f"""local x = 0
for i = 0, {TURNS} - 1 do
    if i % 3 == 0 then x = i + 1 end
end
"""


def main():
    """Runs both in turn, and compares CPU times pair by pair."""
    table = Table()
    with tempfile.TemporaryDirectory(prefix="kts-bench-") as folder:
        scenario, lua = Path(folder, "loop.kts"), Path(folder, "loop.lua")
        scenario.write_text(SCENARIO)
        lua.write_text(LUA)
        # A skipped plan ends with 4.
        ratios = [cost([sys.argv[1], "plan", scenario], (4,)).cpu / cost(["lua5.4", lua]).cpu
                  for _ in range(PAIRS)]
    middle, spread = median(ratios)
    table.row("50 million turns, ktstr plan ÷ lua5.4", middle, "", LIMIT, spread)
    table.finish()


if __name__ == "__main__":
    main()
