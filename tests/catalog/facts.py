"""What each scenario of the catalog is to do, written from its description, not from its source.

An entry says on which machines the scenario runs, and what happens there, phase by phase. A phase
lasts until time passes. In the order of a phase only the ops on what is there already count: its
cgroups are made and its workers placed before all of them start together, so their order is nobody's.

Two things hold everywhere and are not in the entries: new cgroups are left alone for the settle
time before their load starts, and everything is stopped and removed at the end.
"""

from dataclasses import dataclass, field
from fractions import Fraction
from math import ceil, floor

DURATION, SETTLE, WORKERS = Fraction(6), Fraction(1, 10), 7
BY_NAME = {}


def listed(cpus):
    """A set of CPUs in the kernel's list form."""
    runs = []
    for cpu in sorted(cpus):
        if runs and cpu == runs[-1][1] + 1:
            runs[-1][1] = cpu
        else:
            runs.append([cpu, cpu])
    return ",".join(f"{a}-{b}" if a < b else f"{a}" for a, b in runs)


@dataclass
class Machine:
    """CPUs numbered LLC by LLC, core by core; nodes have equal numbers of LLCs."""

    nodes: int
    llcs: int
    cores: int
    threads: int

    @property
    def count(self):
        """N: how many CPUs there are."""
        return self.llcs * self.cores * self.threads

    @property
    def all(self):
        """All CPUs."""
        return list(range(self.count))

    @property
    def usable(self):
        """All but the last one when there are more than two."""
        return self.all[:-1] if self.count > 2 else self.all

    def llc(self, i):
        """The CPUs of an LLC."""
        each = self.cores * self.threads
        return self.all[i * each:(i + 1) * each]

    def node(self, i):
        """The CPUs of a node."""
        each = self.count // self.nodes
        return self.all[i * each:(i + 1) * each]

    def range(self, a, b):
        """Usable CPUs from one share to another."""
        n = len(self.usable)
        return self.usable[floor(n * Fraction(a)):floor(n * Fraction(b))]

    def disjoint(self, i, n):
        """Chunk i of n; the last one takes the remainder."""
        chunk = len(self.usable) // n
        return self.usable[i * chunk:None if i == n - 1 else (i + 1) * chunk]

    # Partitions: the sets of a whole scenario.
    def llc_aligned(self, n):
        """An LLC each; the machine's last CPU is taken out of the last part, if that has another."""
        if self.llcs < 2:
            return [[]]
        parts = [self.llc(i) for i in range(min(n, self.llcs))]
        if self.all[-1] in parts[-1] and len(parts[-1]) > 1:
            parts[-1].remove(self.all[-1])
        return parts

    def split_half(self):
        """The usable CPUs, cut in halves."""
        cut = len(self.usable) // 2
        return [self.usable[:cut], self.usable[cut:]]

    def split_misaligned(self):
        """The usable CPUs, cut at half the size of LLC 0 if there are others."""
        cut = len(self.llc(0)) // 2 if self.llcs > 1 else len(self.usable) // 2
        return [self.usable[:cut], self.usable[cut:]]

    def overlapping(self, n, share):
        """n runs of all CPUs, from (i * stride) mod N, wrapping."""
        base = self.count // n
        over = ceil(base * share)
        stride = base - over if base > over else 1
        return [sorted((i * stride % self.count + k) % self.count for k in range(max(1, base)))
                for i in range(n)]

    def uneven(self, share):
        """The usable CPUs, cut at a share, at least one."""
        cut = max(1, floor(len(self.usable) * share))
        return [self.usable[:cut], self.usable[cut:]]

    def holdback(self, share):
        """All CPUs but a share of them, cut in halves."""
        keep = self.count - floor(self.count * share)
        cut = max(1, keep // 2)
        return [self.all[:cut], self.all[cut:keep]]


@dataclass
class Phase:
    """What is done up to the next passing of time, and how long that is."""

    time: Fraction                             # without settle
    made: dict = field(default_factory=dict)   # cgroup: its CPUs, None where it has no cpuset
    load: list = field(default_factory=list)   # (cgroup, count, kind of work, policy, affinity)
    ops: list = field(default_factory=list)    # as show_op() of catalog.py prints them


def spin(cgroup, count=WORKERS, work="cpu_spin", policy=None, affinity=None):
    """Workers of one kind."""
    return (cgroup, count, work, policy, affinity)


def bursty(cgroup, count, burst, sleep, policy=None, affinity=None):
    """Workers that compute and sleep, in ms."""
    return spin(cgroup, count, f"bursty({burst}ms, {sleep}ms)", policy, affinity)


def free(*names):
    """Cgroups without cpusets."""
    return dict.fromkeys(names)


def parts(sets):
    """cg_0, cg_1, … on these sets."""
    return {f"cg_{i}": cpus for i, cpus in enumerate(sets)}


def entry(name, category, needs=None, settle=SETTLE, requires="", excludes="", swappable=""):
    """Registers a function from a machine to phases as the facts of a scenario.

    swappable: the kind of work in whose place --work-type may put another.
    """
    def register(phases):
        BY_NAME[name] = {"category": category, "needs": needs or (lambda m: True), "settle": settle,
                         "requires": requires.split(), "excludes": excludes.split(), "phases": phases,
                         "swappable": swappable}
        return phases
    return register


def steady(name, category, load, sets=None, **options):
    """A steady entry, one that is but data: what computes in it may do something else."""
    holds(name, category, load, sets, swappable="cpu_spin", **options)


def holds(name, category, load, sets=None, **options):
    """One that only holds: two cgroups and their load, or a partition (a machine to sets of CPUs)."""
    if sets:
        options["needs"] = lambda m: all(sets(m))
    entry(name, category, **options)(lambda m: [
        Phase(DURATION, parts(sets(m)) if sets else free(*(one[0] for one in load(m) if one[0] != "host")), load(m))])


def each(n=2, *arguments, **options):
    """The same load for cg_0 to cg_<n - 1>."""
    return lambda m: [spin(f"cg_{i}", *arguments, **options) for i in range(n)]
