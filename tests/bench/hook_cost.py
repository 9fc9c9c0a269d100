#!/usr/bin/env python3
"""What a call of a hook costs on top of the C function: in process, and isolated.

    hook_cost.py KTSTR SOURCE

SOURCE is the source tree, whose header the hook is built with; it calls nothing of the library.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from measure import Table, median

RUNS = 9
HOOK = """#include "ktstr.h"
KTSTR_HOOK(next, INT, INT)
static int64_t next(struct ktstr_context *ctx, int64_t n)
{
	(void)ctx;
	return n + 1;
}
"""
HEAD = "extern hook next(n: int) -> int\nparam count = 1\n"
LOOP = """scenario calls {{
    timeout = 100s
    for i in 0..count {{
        if {call} != i + 1 {{ fail "no" }}
    }}
    expect 1 == 1
}}
"""


class Calls:
    """A program that calls in a loop, and the same with an expression in the call's place."""

    def __init__(self, ktstr, source, folder):
        self.ktstr, self.folder = ktstr, folder
        (folder / "hook.c").write_text(HOOK)
        subprocess.run(["cc", "-O2", "-fPIC", "-shared", "-I", Path(source, "src", "api"), "-o",
                        folder / "hook.so", folder / "hook.c"], check=True)
        (folder / "call.kts").write_text(HEAD + LOOP.format(call="custom next(i)"))
        (folder / "none.kts").write_text(HEAD + LOOP.format(call="i + 1"))

    def seconds(self, file, count, *options):
        """What the scenario took, by its own clock: the middle of some runs, and how far they spread."""
        def one():
            done = subprocess.run([self.ktstr, "exec", self.folder / file, "-D", f"count={count}", "--hooks",
                                   self.folder / "hook.so", "--format", "json", *options],
                                  stdout=subprocess.PIPE, check=True)
            return json.loads(done.stdout)["scenarios"][0]["duration_ns"] / 1e9
        return median([one() for _ in range(RUNS)])

    def each(self, count, *options):
        """Seconds of one call, and how far they spread."""
        called, spread = self.seconds("call.kts", count, *options)
        return (called - self.seconds("none.kts", count)[0]) / count, spread / count


def main():
    """Prints the figures."""
    table = Table()
    with tempfile.TemporaryDirectory(prefix="kts-bench-") as name:
        calls = Calls(sys.argv[1], sys.argv[2], Path(name))
        each, spread = calls.each(1000000, "--hooks-in-process")
        table.row("a call of a hook, in process", each * 1e6, "us", 1.0, spread * 1e6)
        each, spread = calls.each(20000)
        table.row("  isolated", each * 1e6, "us", None, spread * 1e6)
        first, spread = calls.each(1)
        table.row("  isolated, the first of a scenario", first * 1e3, "ms", None, spread * 1e3)
    table.finish()


if __name__ == "__main__":
    main()
