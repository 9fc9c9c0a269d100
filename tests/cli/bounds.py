#!/usr/bin/env python3
"""No scenario takes longer on paper than the bound that the check has proved.

    bounds.py --ktstrc build/ktstrc --ktstr build/ktstr [--seed N] [--files N] [--in-turn]

Every program of the tree and many generated ones are planned on every preset of the gauntlet, with
their own settings and with others; --in-turn: each with one of these, the next with the next.
"""

import argparse
import json
import random
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "lib"))
from programs import ROOT, program, run  # noqa: E402
from tap import Tap  # noqa: E402

# The largest machine that there is, the smallest, and what lies between.
MACHINES = ["--gauntlet", "--topo", "1n1l1c1t", "--topo", "2n64l64c1t"]
SETTINGS = [[], ["--duration", "3333333ns"], ["--duration", "7s", "--settle", "0s"],
            ["--settle", "777777777ns"], ["--duration", "1001ms", "--settle", "1ns", "--workers", "3"]]


class Writer:
    """Makes programs up: sound ones, with loops, branches and procs that take time."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.names = 0

    def pick(self, *choices):
        """One of these; a function is called for its text."""
        choice = self.random.choice(choices)
        return choice() if callable(choice) else choice

    def name(self, kind):
        """A name that is not in use."""
        self.names += 1
        return f"{kind}_{self.names}"

    def count(self):
        """An int that is at least 1."""
        return self.pick("1", "2", "3", "few", "twice(few)", "topo.llcs", "min(topo.cpus, 5)", "1 + seed % 4",
                         "size(llc(0)) / 8 + 1", "ceil(few * 33.3%)", "max(1, topo.smt)", "round(duration / 1s) + 1")

    def time(self):
        """A duration that is more than nothing."""
        return self.pick("1ms", "7ms", "1234567ns", "pause", "10ms * few", "duration * 3%", "settle + 1ms",
                         "max(duration / 7, 1ms)", "1ms * (1 + seed % 9)", "min(1s, 1ms * topo.cpus)",
                         "abs(settle - duration) + 1ns", "grown(3ms, few)", "1s / topo.cpus", "pause * 12.5%",
                         "1ms + 1ns * (topo.cpus % 7)")

    def length(self):
        """A length that also may be a share of the duration."""
        return self.pick(self.time, "10%", "33.333%", "1%", "0.07%", "5% + 1%", "50% / few")

    def condition(self):
        """Something that is true here and false there."""
        return self.pick("topo.llcs > 2", "topo.cpus % 3 == 1", "few > 2", "duration > 1s", "seed % 2 == 0",
                         "settle < 50ms", "topo.smt == 2 and few > 1", "not (topo.nodes == 2) or few == 3")

    def block(self, depth):
        """Some statements, indented one level."""
        lines = [self.statement(depth) for _ in range(self.random.randint(1, 4))]
        return "\n".join(f"    {line}" for text in lines for line in text.split("\n"))

    def nested(self, head, depth):
        """A block with its head."""
        return f"{head} {{\n{self.block(depth - 1)}\n}}"

    def spawn(self):
        """New workers, in a new cgroup or an old one."""
        group = self.name("g")
        return self.pick(f"scope {{ cgroup {group} {{ spawn {self.random.randint(1, 3)} cpu_spin }}; sleep 1ms }}",
                         f"scope {{ create {group}; sleep {self.time()} }}", "spawn cpu_spin in base",
                         f"scope {{ cgroup {group} {{ spawn cpu_spin }} }}")

    def statement(self, depth):
        """One statement, and what is in it."""
        plain = [lambda: f"hold {self.length()}", lambda: f"hold {self.length()}", lambda: f"sleep {self.time()}",
                 "hold rest", self.spawn, self.spawn, lambda: f"await base.tasks == 0 timeout {self.time()}",
                 lambda: f"rest_a_bit({self.time()}, {self.count()})", lambda: f'skip "enough" if {self.condition()}',
                 lambda: f"let {self.name('_l')} = {self.time()}"]
        loop = self.name("_i")
        blocks = [lambda: self.nested(f"repeat {self.count()} times", depth),
                  lambda: self.nested(f"for {loop} in 0..{self.count()}", depth),
                  lambda: self.nested(f"repeat every {self.time()} for {self.length()}", depth),
                  lambda: self.nested(f"repeat every duration / {self.random.randint(2, 9)}", depth),
                  lambda: self.nested(f"if {self.condition()}", depth),
                  lambda: self.nested(f"if {self.condition()}", depth) + " else {\n" + self.block(depth - 1) + "\n}",
                  lambda: self.nested("scope", depth)]
        return self.pick(*plain, *(blocks if depth else []))

    def scenario(self):
        """A whole scenario."""
        settings = self.pick("", "    duration = 1500ms\n", "    settle = 30ms\n",
                             "    let early = duration\n    duration = 1s * few\n    settle = early / 100\n")
        base = self.pick("cgroup base { spawn cpu_spin }", "cgroup base { }", "create base")
        return f"scenario {self.name('s')} {{\n{settings}    {base}\n{self.block(3)}\n    expect base.tasks < 70000 * few\n}}\n"

    def file(self, scenarios):
        """Several scenarios, and what they share."""
        head = ("param few = 3\nlet pause = grown(2ms, few)\nfn twice(n: int) -> int = n * 2\n"
                "fn grown(t: duration, n: int) -> duration = t * n * 110% + settle / 10\n"
                "proc rest_a_bit(t: duration, n: int) {\n    if t > 5ms { sleep t }\n    repeat n times { hold t / 2 + 1ns }\n}\n")
        return head + "".join(self.scenario() for _ in range(scenarios))


class Bounds:
    """The programs, and what is wrong."""

    def __init__(self, arguments):
        self.ktstrc, self.ktstr = arguments.ktstrc, arguments.ktstr
        self.tap = Tap()
        self.compared = 0
        self.settings = SETTINGS
        self.in_turn = arguments.in_turn

    def longer(self, path, options, more):
        """The scenarios that take longer on paper than their bound."""
        result = run([self.ktstr, "plan", *MACHINES, "--format", "json", *options, *more, path], deadline=120)
        for plan in json.loads(result.out):
            for scenario in plan["scenarios"]:
                bound, took = scenario["bound_ns"], scenario["duration_ns"]
                self.compared += bound is not None
                if bound is not None and bound < took:
                    yield (f"{scenario['name']} on {plan['topology']} with {' '.join([*options, *more])}: "
                           f"bound {bound}, took {took}")

    def checked(self, name, path, more=()):
        """One file, planned with all settings."""
        checked = run([self.ktstrc, "check", path])
        if checked.code != 0:
            self.tap.failed_with(name, checked.summary())
            return
        settings = self.settings[:1] if self.in_turn else self.settings
        faults = [fault for options in settings for fault in self.longer(path, options, more)]
        self.settings = self.settings[1:] + self.settings[:1]
        self.tap.check(name, "\n".join(faults[:10]))

    def shipped(self):
        """All sound programs of the tree."""
        for folder in "scenarios", "tests/plan", "tests/accept":
            for path in sorted((ROOT / folder).rglob("*.kts")):
                if b"\nscenario " in b"\n" + path.read_bytes():
                    self.checked(str(path.relative_to(ROOT)), path)

    def generated(self, first, count, folder):
        """Programs made up from seeds."""
        for seed in range(first, first + count):
            path = Path(folder, f"{seed}.kts")
            path.write_text(Writer(seed).file(12))
            before = self.compared
            self.checked(f"generated from {seed}", path, ["--seed", str(seed)])
            if self.compared == before:
                self.tap.failed_with(f"bounds of {seed}", "none of its scenarios has one that holds here")


def main():
    """Checks all of them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ktstrc", type=program, required=True)
    parser.add_argument("--ktstr", type=program, required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--files", type=int, default=10)
    parser.add_argument("--in-turn", action="store_true")
    arguments = parser.parse_args()
    bounds = Bounds(arguments)
    bounds.shipped()
    with tempfile.TemporaryDirectory(prefix="kts-bounds-") as folder:
        bounds.generated(arguments.seed, arguments.files, folder)
    bounds.tap.note(f"{bounds.compared} plans compared")
    bounds.tap.finish()


if __name__ == "__main__":
    main()
