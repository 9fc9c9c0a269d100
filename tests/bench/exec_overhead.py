#!/usr/bin/env python3
"""How much longer than its hold a run of `ktstr exec` takes: two groups of two workers, 1 s.

    exec_overhead.py KTSTR
"""

import sys
import tempfile
from pathlib import Path

from measure import Table, cost, median

RUNS, LIMIT_MS = 15, 30.0
SCENARIO = """scenario overhead "Two groups of two workers" {
    settle = 0s
    duration = 1s
    cgroup left { cpus = disjoint(0, 2); spawn 2 cpu_spin }
    cgroup right { cpus = disjoint(1, 2); spawn 2 cpu_spin }
    hold rest
}
"""


def main():
    """Measures the median."""
    table = Table()
    with tempfile.TemporaryDirectory(prefix="kts-bench-") as folder:
        file = Path(folder, "overhead.kts")
        file.write_text(SCENARIO)
        # A verdict does not matter here: a busy machine may make a run INCONCLUSIVE or FAIL.
        over = [(cost([sys.argv[1], "exec", file], (0, 1, 6)).wall - 1.0) * 1e3 for _ in range(RUNS)]
    middle, spread = median(over)
    table.row("ktstr exec beyond its 1 s of hold", middle, "ms", LIMIT_MS, spread)
    table.row("  the shortest", min(over), "ms")
    table.finish()


if __name__ == "__main__":
    main()
