#!/usr/bin/env python3
"""Does the catalog do what its scenarios are described to do?

    catalog.py --ktstrc build/ktstrc --ktstr build/ktstr [NAME...]

Plans every scenario on machines of many shapes and compares what happens there, phase by phase,
with the facts (facts*.py): cgroups, CPU sets, workers, kinds of work, order and lengths; and where
a machine is too small, that it is a SKIP.
"""

import argparse
import json
import re
import sys
from fractions import Fraction
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "lib"))
import facts  # noqa: E402
from facts_canned import CATALOG  # noqa: E402 (registers the entries of all facts)
from programs import ROOT, program, run  # noqa: E402
from tap import Tap  # noqa: E402

# From a single CPU to the largest presets; odd counts, several nodes, SMT, LLCs of one CPU.
MACHINES = ["1n1l1c1t", "1n1l2c1t", "1n2l1c1t", "1n1l3c1t", "1n1l4c1t", "1n2l2c1t", "1n1l5c1t", "1n3l2c1t",
            "1n7l1c1t", "1n2l2c2t", "1n3l3c1t", "2n2l3c2t", "2n4l4c1t", "1n8l8c2t", "4n12l8c2t", "1n14l9c2t"]
CATEGORIES = {"basic": 3, "cpuset": 6, "affinity": 6, "sched_class": 6, "dynamic": 3, "stress": 17, "stall": 2,
              "advanced": 20, "nested": 4, "interaction": 9, "performance": 5}
# Kinds of work for --work-type: what they are with their defaults, and how many belong together.
KINDS = {"yield_heavy": ("yield_heavy", 1), "pipe_io": ("pipe_io(1024)", 2),
         "mutex_contention": ("mutex_contention(4, 256, 1024)", 4),
         "fan_out_compute": ("fan_out_compute(4, 256KiB, 5, 100us)", 5), "cpu_spin": ("cpu_spin", 1)}
SWAP_MACHINES = ["1n2l2c1t", "2n4l4c1t"]
OPS = {"cgroup", "create", "spawn", "set", "clear", "swap", "move", "stop", "remove"}


def seconds(value_ns):
    """An exact time."""
    return Fraction(value_ns, 1_000_000_000)


class Phase:
    """What happened between two passings of time, and how long it took until more did."""

    def __init__(self, begin):
        self.begin = begin
        self.released = None
        self.made, self.load, self.ops = {}, [], []
        self.implied = True
        self.time = None

    def take(self, event):
        """Notes one event."""
        op, group = event["op"], event.get("cgroup")
        if op in ("cgroup", "create"):
            self.made[group] = event["cpus"]
        elif op == "set" and group in self.made:
            self.made[group] = event["value"]
        elif op == "spawn":
            self.load.append((group, event["count"], event["work"], event.get("policy"), event.get("affinity")))
        elif op != "stop":
            self.ops.append(show_op(event))
        self.implied = self.implied and event.get("implied", False)


def show_op(event):
    """An op on what is there, as the facts have it."""
    words = [event["op"], str(event["count"]) if event["op"] == "move" else "", event["cgroup"],
             event.get("to", ""), event.get("knob", "")]
    if event["op"] == "set":
        words.append(event["value"])
    return " ".join(filter(None, words))


def phases_of(events):
    """The phases of a plan, without what its end undoes."""
    phases = []
    for event in events:
        at = seconds(event["t_ns"])
        if event["op"] == "release":
            phases[-1].released = at
        elif event["op"] in OPS:
            if not phases or at > phases[-1].begin:
                phases.append(Phase(at))
            phases[-1].take(event)
    for phase, after in zip(phases, phases[1:]):
        phase.time = after.begin - (phase.released if phase.released is not None else phase.begin)
    if phases and phases[-1].implied:
        phases.pop()
    return phases


def difference(found, wanted, machine, settle):
    """What is wrong with one phase, empty if nothing is."""
    made = {name: facts.listed(machine.all if cpus is None else cpus) for name, cpus in wanted.made.items()}
    yield from unequal("cgroups", found.made, made)
    yield from unequal("workers", sorted(found.load, key=repr), sorted(wanted.load, key=repr))
    yield from unequal("ops", found.ops, wanted.ops)
    yield from unequal("length", found.time, wanted.time)
    if found.released is not None:
        yield from unequal("settling", found.released - found.begin, settle if wanted.made else 0)


def unequal(what, found, wanted):
    """A complaint when two things differ."""
    if found != wanted:
        yield f"{what}: found {found}, wanted {wanted}"


class Catalog:
    """The plans of the catalog on every machine."""

    def __init__(self, arguments):
        self.tap = Tap()
        self.ktstr = arguments.ktstr
        self.files = {path.stem: path for path in sorted((ROOT / "scenarios").rglob("*.kts"))}
        self.names = arguments.names or list(facts.BY_NAME)
        self.plans = {label: self.plan(label) for label in MACHINES}

    def plan(self, label, *options):
        """What every scenario does on one machine, by name."""
        result = run([self.ktstr, "plan", "--format", "json", "--topo", label, "--duration", f"{facts.DURATION}s",
                      "--workers", str(facts.WORKERS), *options, ROOT / "scenarios"], deadline=60)
        try:
            return {one["name"]: one for plan in json.loads(result.out) for one in plan["scenarios"]}
        except (ValueError, KeyError, TypeError) as error:
            sys.exit(f"plan on {label}: {error!r}: {result.summary()}")

    def faults(self, name):
        """What is wrong with one scenario on any machine."""
        wanted = facts.BY_NAME[name]
        for label in MACHINES:
            plan = self.plans[label].get(name)
            if plan is None:
                yield f"there is no such scenario on {label}"
                return
            machine = facts.Machine(*map(int, re.findall(r"\d+", label)))
            for fault in self.compare(plan, wanted, machine):
                yield f"{label}: {fault}"

    def compare(self, plan, wanted, machine):
        """What is wrong with one plan."""
        runs = bool(wanted["needs"](machine))
        if (plan["status"], bool(plan["reason"])) != (("PASS", False) if runs else ("SKIP", True)):
            yield f"{plan['status']} ({plan['reason']}), and it should {'run' if runs else 'be a SKIP'}"
        elif runs:
            found, phases = phases_of(plan["events"]), wanted["phases"](machine)
            if len(found) != len(phases):
                yield f"{len(found)} phases, wanted {len(phases)}"
            for number, (here, there) in enumerate(zip(found, phases), 1):
                for fault in difference(here, there, machine, wanted["settle"]):
                    yield f"phase {number}: {fault}"

    def swaps(self, kind):
        """What is wrong with the workers of any scenario when they are to do this kind of work."""
        work, members = KINDS[kind]
        for label in SWAP_MACHINES:
            plans = self.plan(label, "--work-type", kind)
            machine = facts.Machine(*map(int, re.findall(r"\d+", label)))
            for name, wanted in facts.BY_NAME.items():
                if wanted["needs"](machine):
                    for fault in self.swap_faults(plans[name], wanted, machine, work, members):
                        yield f"{label}: {name}: {fault}"

    @staticmethod
    def swap_faults(plan, wanted, machine, work, members):
        """What is wrong with one plan: work that is replaced, or not, and the report of it."""
        spawns, reported = [], []
        for phase in wanted["phases"](machine):
            for cgroup, count, declared, *_ in phase.load:
                swappable = declared == wanted["swappable"] != work
                suits = swappable and count % members == 0
                spawns.append((cgroup, count, work if suits else declared, declared if suits else ""))
                reported += [(cgroup, count, declared, work, suits)] if swappable else []
        found = [(one["cgroup"], one["count"], one["work"], one.get("replaces", ""))
                 for one in plan["events"] if one["op"] == "spawn"]
        told = [(one["cgroup"], one["workers"], one["declared"], one["work"], one["replaced"]) for one in plan.get("swaps", [])]
        yield from unequal("workers", sorted(found), sorted(spawns))
        yield from unequal("swaps", sorted(told), sorted(reported))

    def replaced(self):
        """What is wrong with the scenario of ours that needs schedulers to be given."""
        events = [(one["op"], one.get("text"), one.get("value")) for label in SWAP_MACHINES for one in self.plan(
            label, "-D", "former=one", "-D", "latter=another", "-k", "scheduler_replaced")["scheduler_replaced"]["events"]
                  if one["op"].startswith("scheduler")]
        start, stop = ("scheduler", "begins", "one"), ("scheduler stop", "begins", None)
        taken = ("scheduler", "follows", "another"), ("scheduler stop", "follows", None)
        yield from unequal("schedulers", events, [start, stop, *taken, start, stop] * len(SWAP_MACHINES))
        for label, plans in self.plans.items():
            if (plans["scheduler_replaced"]["status"], "-D former" in plans["scheduler_replaced"]["reason"]) != ("SKIP", True):
                yield f"{label}: without schedulers it should be a SKIP"

    def place(self, name):
        """Where the scenario is: scenarios/<category>/<name>.kts, which says its category."""
        path, category = self.files.get(name), facts.BY_NAME[name]["category"]
        if path is None:
            yield "there is no such file"
        elif path.parent.name != category or f'    category = "{category}"\n' not in path.read_text():
            yield f"it is in {path.parent.name}, and its category should be {category}"

    def flags(self, name):
        """Which flags the scenario requires and excludes."""
        text = self.files[name].read_text() if name in self.files else ""
        for clause in "requires", "excludes":
            said = re.findall(rf"^    {clause} (.*)$", text, re.MULTILINE)
            found = [flag for line in said for flag in line.split(", ")]
            yield from unequal(clause, found, facts.BY_NAME[name][clause])

    def check(self):
        """One subtest for each scenario."""
        counts = {category: 0 for category in CATEGORIES}
        for name in CATALOG:
            counts[facts.BY_NAME[name]["category"]] += 1
        self.tap.check("every scenario has its facts", "\n".join(unequal("scenarios", counts, CATEGORIES)))
        for name in self.names:
            self.tap.check(name, "\n".join([*self.place(name), *self.flags(name), *self.faults(name)][:6]))
        self.tap.check("scheduler_replaced", "\n".join(self.replaced()))
        for kind in KINDS:
            self.tap.check(f"--work-type {kind}", "\n".join([*self.swaps(kind)][:6]))
        self.tap.finish()


def main():
    """Reads the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ktstrc", type=program)
    parser.add_argument("--ktstr", type=program, required=True)
    parser.add_argument("names", nargs="*", metavar="NAME")
    Catalog(parser.parse_args()).check()


if __name__ == "__main__":
    main()
