#!/usr/bin/env python3
"""Private memory of each of 1,000 workers of one run, with wake latencies being recorded.

    worker_memory.py KTSTR
"""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

from measure import Table, median

WORKERS, LIMIT_KIB = 1000, 200
SCENARIO = f"""scenario many "A thousand workers" {{
    settle = 0s
    duration = 60s
    cgroup crowd {{ spawn {WORKERS} bursty(100us, 200ms) }}
    hold rest
}}
"""


def workers_of(parent):
    """Processes whose parent this is."""
    return [int(pid) for pid in Path(f"/proc/{parent}/task/{parent}/children").read_text().split()]


def private_kib(pid):
    """What a process has for itself alone."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("Private_"))


def main():
    """Measures once all of them have been at work for a while."""
    table = Table()
    with tempfile.TemporaryDirectory(prefix="kts-bench-") as folder:
        file = Path(folder, "many.kts")
        file.write_text(SCENARIO)
        run = subprocess.Popen([sys.argv[1], "exec", file], stdout=subprocess.DEVNULL)
        try:
            deadline = time.monotonic() + 60
            while len(workers_of(run.pid)) < WORKERS:
                if time.monotonic() > deadline or run.poll() is not None:
                    sys.exit("the workers did not come")
                time.sleep(0.1)
            time.sleep(5)
            sizes = [private_kib(pid) for pid in workers_of(run.pid)]
        finally:
            run.terminate()
            run.wait()
    middle, spread = median(sizes)
    table.row(f"private memory of each of {WORKERS:,} workers", middle, "KiB", LIMIT_KIB, spread)
    table.row("  the largest", max(sizes), "KiB", LIMIT_KIB)
    table.finish()


if __name__ == "__main__":
    main()
