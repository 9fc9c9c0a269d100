#!/usr/bin/env python3
"""Wake latency that ktstr reports, against bare probes under the same load: every CPU has a hog.

    wake_latency.py KTSTR PROBE

`bursty` stands beside a bare probe of its shape, and one that hardly computes beside cyclictest.
Both of a pair run in turn, and in the same place: the probes are payloads in a cgroup made in the
same way. A histogram's bucket is 3 % wide; what the probe's own runs differ by is noise.
"""

import ctypes
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from measure import Table, median

RUNS, SECONDS, BUCKET, MEDIAN_LIMIT = 10, 2, 0.03, 0.20
PR_SET_TIMERSLACK = 29
HEAD = f"scenario wakes {{ settle = 0s; duration = {SECONDS}s; expect {{ wake_p99 <= 10s; no gap; no spread }}\n"
WORKER = HEAD + "cgroup g {{ spawn 1 bursty({burst}us, {sleep}us) }}; hold rest }}\n"
PAYLOAD = HEAD + "cgroup g {{ run probe }}; wait probe timeout 60s }}\n"
PROBE = 'payload probe {{ exec = "sh"; args = ["-c", "exec {command} > {output}"] }}\n'
CYCLICTEST = ("cyclictest --quiet --threads=1 --policy=other --interval={sleep} --laptop "
              f"--duration={SECONDS} --histogram=200000")


class Bench:
    """The programs, and a folder for what they read and write."""

    def __init__(self, ktstr, probe, folder):
        self.ktstr, self.probe, self.folder = ktstr, Path(probe).resolve(), Path(folder)

    def run(self, text):
        """A scenario's report. Without timer slack, which the probes inherit: it delays wake-ups on purpose."""
        file = Path(self.folder, "wakes.kts")
        file.write_text(text)
        done = subprocess.run([self.ktstr, "exec", "--format", "json", file], capture_output=True, text=True, check=False,
                              preexec_fn=lambda: ctypes.CDLL(None).prctl(PR_SET_TIMERSLACK, 1, 0, 0, 0))
        return json.loads(done.stdout)["scenarios"][0]

    def ours(self, burst, sleep):
        """Median and 99th percentile of one run."""
        metrics = self.run(WORKER.format(burst=burst, sleep=sleep))["groups"][0]["metrics"]
        return metrics["wake_p50"], metrics["wake_p99"]

    def payload(self, command):
        """What a probe prints."""
        output = Path(self.folder, "output")
        self.run(PROBE.format(command=command, output=output) + PAYLOAD.format())
        return output.read_text()

    def bare(self, burst, sleep):
        """The same of the probe."""
        return [int(word) for word in self.payload(f"{self.probe} {burst} {sleep} {SECONDS}").split()[1:]]

    def cyclictest(self, sleep):
        """The same of cyclictest, which tells whole microseconds."""
        said = self.payload(CYCLICTEST.format(sleep=sleep))
        counts = [(int(us), int(count)) for us, count in re.findall(r"^(\d+) +\t?(\d+)$", said, re.MULTILINE)]
        total = sum(count for _, count in counts)

        def quantile(share):
            seen = 0
            for us, count in counts:
                seen += count
                if seen >= total * share:
                    return us * 1000
            return counts[-1][0] * 1000
        return quantile(0.5), quantile(0.99)


def compare(table, name, left, right):
    """Alternating runs, and what their figures differ by."""
    pairs = [(left(), right()) for _ in range(RUNS)]
    for place, quantile in enumerate(("median", "p99")):
        (mine, mine_spread), (theirs, spread) = (median([pair[side][place] for pair in pairs]) for side in (0, 1))
        table.row(f"{name}: {quantile}, ktstr", mine / 1e3, "us", None, mine_spread / 1e3)
        table.row(f"{name}: {quantile}, bare", theirs / 1e3, "us", None, spread / 1e3)
        off = abs(mine - theirs) / theirs
        limit = MEDIAN_LIMIT if place == 0 else BUCKET + (mine_spread + spread) / theirs
        table.row(f"{name}: {quantile}s apart by", off * 100, "%", limit * 100)


def main():
    """Both pairs."""
    table = Table()
    hogs = [subprocess.Popen(["sh", "-c", "while :; do :; done"]) for _ in os.sched_getaffinity(0)]
    try:
        with tempfile.TemporaryDirectory(prefix="kts-bench-") as folder:
            bench = Bench(*sys.argv[1:3], folder)
            compare(table, "bursty(1ms, 4ms)", lambda: bench.ours(1000, 4000), lambda: bench.bare(1000, 4000))
            compare(table, "against cyclictest", lambda: bench.ours(1, 2000), lambda: bench.cyclictest(2000))
    finally:
        for hog in hogs:
            hog.kill()
            hog.wait()
    table.finish()


if __name__ == "__main__":
    main()
