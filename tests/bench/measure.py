"""Times commands, and prints figures beside their limits."""

import os
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass


@dataclass
class Cost:
    """What one run of a command took."""

    wall: float
    cpu: float
    peak_bytes: int


def cost(argv, codes=(0,)):
    """Runs a command with its output thrown away; it must end with one of the codes."""
    began = time.perf_counter()
    process = subprocess.Popen([str(word) for word in argv], stdin=subprocess.DEVNULL,
                               stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    # The pipe ends when the program does; the children of a run share it and end before.
    said = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in codes:
        sys.exit(f"{' '.join(map(str, argv))} ended with {process.returncode}:\n{said.decode(errors='replace')}")
    return Cost(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024)


def median(values):
    """The middle of a list of figures, and half of the distance between its quartiles."""
    low, middle, high = statistics.quantiles(values, n=4)
    return middle, (high - low) / 2


def in_turn(left, right, runs):
    """Pairs of what the two return; each of them is the first of a pair as often as the other."""
    pairs = []
    for number in range(runs):
        sides = (left, right) if number % 2 else (right, left)
        values = [side() for side in sides]
        pairs.append(tuple(values if number % 2 else reversed(values)))
    return pairs


class Table:
    """Figures with their limits; over() tells whether one was passed."""

    def __init__(self):
        self.failed = False

    def row(self, name, value, unit, limit=None, spread=None):
        """One figure: it must not exceed its limit, if it has one."""
        within = limit is None or value <= limit
        self.failed |= not within
        text = f"{value:.3g}" + (f" ± {spread:.2g}" if spread is not None else "")
        bound = "" if limit is None else f"<= {limit:g}  {'ok' if within else 'TOO MUCH'}"
        print(f"{name:<44} {text:>16} {unit:<6} {bound}".rstrip(), flush=True)

    def finish(self):
        """Ends the program: 1 when a limit was passed."""
        sys.exit(1 if self.failed else 0)
