"""Scenarios in which something changes on the way."""

from fractions import Fraction

from facts import DURATION, SETTLE, WORKERS, Phase, bursty, entry, free, listed, parts, spin

TWO = [spin("cg_0"), spin("cg_1")]
HALF, THIRD, QUARTER = DURATION / 2, DURATION / 3, DURATION / 4


def cpus_of(*sets):
    """cg_0, cg_1, … get these sets."""
    return [f"set cg_{i} cpus {listed(cpus)}" for i, cpus in enumerate(sets)]


@entry("cgroup_cpuset_apply_midrun", "cpuset", lambda m: len(m.usable) >= 2)
def apply_midrun(m):
    """Halves, half-way."""
    return [Phase(HALF, free("cg_0", "cg_1"), TWO), Phase(HALF, ops=cpus_of(m.disjoint(0, 2), m.disjoint(1, 2)))]


def cleared(m):
    """Halves for the first half of the time."""
    return [Phase(HALF, parts([m.disjoint(0, 2), m.disjoint(1, 2)]), TWO),
            Phase(HALF, ops=["clear cg_0 cpus", "clear cg_1 cpus"])]


entry("cgroup_cpuset_clear_midrun", "cpuset", lambda m: len(m.usable) >= 2)(cleared)
entry("cgroup_no_ctrl_cpuset_change", "interaction", lambda m: len(m.usable) >= 2, requires="no_ctrl")(cleared)


@entry("cgroup_cpuset_resize", "cpuset", lambda m: m.count >= 4)
def resize(m):
    """A quarter of few CPUs rounds down to nothing, where one CPU is meant."""
    quarter = m.range(0, Fraction(1, 4)) or m.usable[:1]
    return [Phase(THIRD, parts([m.range(0, Fraction(1, 2)), m.range(Fraction(1, 2), 1)]), TWO),
            Phase(THIRD, ops=cpus_of(quarter, [cpu for cpu in m.usable if cpu not in quarter])),
            Phase(THIRD, ops=cpus_of(m.range(0, Fraction(3, 4)), m.range(Fraction(3, 4), 1)))]


@entry("cgroup_cpuset_swap_disjoint", "cpuset", lambda m: m.count >= 8)
def swap_disjoint(m):
    """There and back."""
    return [Phase(THIRD, parts([m.range(0, Fraction(1, 2)), m.range(Fraction(1, 2), 1)]), TWO),
            Phase(THIRD, ops=["swap cg_0 cg_1 cpus"]), Phase(THIRD, ops=["swap cg_0 cg_1 cpus"])]


@entry("cgroup_cpuset_numa_swap", "cpuset", lambda m: m.nodes >= 2)
def numa_swap(m):
    """Nodes change hands."""
    return [Phase(HALF, parts([m.node(0), m.node(1)]), TWO), Phase(HALF, ops=["swap cg_0 cg_1 cpus"])]


@entry("cgroup_cpuset_change_imbalance", "advanced", lambda m: m.count >= 4, requires="borrow")
def change_imbalance(m):
    """cg_1 shrinks to the CPU in the middle, and grows again."""
    middle, upper = (m.count - 1) // 2, m.range(Fraction(1, 2), 1)
    return [Phase(THIRD, parts([m.range(0, Fraction(1, 2)), upper]),
                  [spin("cg_0", 2 * middle), bursty("cg_1", 2, 30, 100)]),
            Phase(THIRD, ops=[f"set cg_1 cpus {middle}"]),
            Phase(THIRD, ops=[f"set cg_1 cpus {listed(upper)}"])]


@entry("cgroup_cpuset_load_shift", "advanced", lambda m: len(m.usable) >= 2, requires="rebal")
def load_shift(m):
    """Sixteen more for the light one."""
    return [Phase(HALF, parts([m.disjoint(0, 2), m.disjoint(1, 2)]),
                  [spin("cg_0", 16), spin("cg_1", 1, "yield_heavy")]),
            Phase(HALF, load=[spin("cg_1", 16)])]


@entry("cgroup_add_midrun", "dynamic", lambda m: m.count >= 4)
def add_midrun(m):
    """One more with four CPUs, two from five on."""
    more = [f"cg_{i}" for i in range(2, 2 + min(m.count - 3, 2))]
    return [Phase(HALF, free("cg_0", "cg_1"), TWO), Phase(HALF, free(*more), [spin(name) for name in more])]


@entry("cgroup_remove_midrun", "dynamic", lambda m: m.count >= 3)
def remove_midrun(m):
    """The upper half goes, newest first."""
    names = [f"cg_{i}" for i in range(min(4, m.count - 1))]
    going = names[len(names) // 2:]
    return [Phase(HALF, free(*names), [spin(name) for name in names]),
            Phase(HALF, ops=[f"remove {name}" for name in reversed(going)])]


@entry("cgroup_cpuset_add_remove", "interaction", lambda m: m.count >= 4)
def add_remove(m):
    """The last third is taken for a third of the time."""
    return [Phase(THIRD, parts([m.disjoint(0, 3), m.disjoint(1, 3)]), TWO),
            Phase(THIRD, {"cg_2": m.disjoint(2, 3)}, [spin("cg_2")]),
            Phase(THIRD, ops=["remove cg_2"])]


@entry("cgroup_add_during_imbalance", "interaction", requires="borrow")
def add_during_imbalance(m):
    """A third one."""
    return [Phase(HALF, free("cg_0", "cg_1"), [spin("cg_0", 8), bursty("cg_1", 2, 50, 100)]),
            Phase(HALF, free("cg_2"), [spin("cg_2", 4)])]


@entry("cgroup_add_load_imbalance", "advanced", requires="rebal")
def add_load_imbalance(m):
    """Light, light, heavy."""
    return [Phase(HALF, free("cg_0", "cg_1"), [spin("cg_0", 1, "yield_heavy"), spin("cg_1", 1, "yield_heavy")]),
            Phase(HALF, free("cg_2"), [spin("cg_2", 16)])]


@entry("cgroup_load_oscillation", "advanced", requires="rebal")
def load_oscillation(m):
    """Both made anew in each of four phases."""
    phases = []
    for i in range(4):
        heavy, light = ("cg_0", "cg_1") if i % 2 == 0 else ("cg_1", "cg_0")
        phases.append(Phase(QUARTER, free("cg_0", "cg_1"),
                            [spin(heavy, 2 * WORKERS), spin(light, 1, "yield_heavy")],
                            ["remove cg_1", "remove cg_0"] if i else []))
    return phases


def shuttle(a, b, moves, count, pause):
    """Odd moves lead from a to b, even ones back."""
    return [Phase(pause, ops=[f"move {count} {a} {b}" if i % 2 == 0 else f"move {count} {b} {a}"])
            for i in range(moves)]


@entry("cgroup_no_ctrl_task_migration", "advanced", requires="no_ctrl")
def task_migration(m):
    """2 s at rest, nine moves, and a last tenth."""
    phases = [Phase(Fraction(2), free("cg_0", "cg_mobile", "cg_1"), [spin("cg_0"), spin("cg_mobile")]),
              *shuttle("cg_mobile", "cg_1", 9, WORKERS, DURATION / 10)]
    phases[-1].time += DURATION / 10
    return phases


@entry("cgroup_no_ctrl_imbalance", "interaction", requires="no_ctrl borrow")
def no_ctrl_imbalance(m):
    """The settle time at rest, five moves, and a last sixth."""
    phases = [Phase(SETTLE, free("cg_heavy", "cg_mobile", "cg_light", "cg_overflow"),
                    [spin("cg_heavy", 6), spin("cg_mobile", 2), bursty("cg_light", 2, 50, 100)]),
              *shuttle("cg_mobile", "cg_overflow", 5, 2, DURATION / 6)]
    phases[-1].time += DURATION / 6
    return phases


@entry("cgroup_affinity_change", "affinity", excludes="reject_pin")
def affinity_change(m):
    """As declared for a fifth, and four draws from half of all CPUs."""
    return [Phase(DURATION / 5, free("cg_0", "cg_1"), TWO),
            *(Phase(DURATION / 5, ops=["set cg_0 affinity random", "set cg_1 affinity random"]) for _ in range(4))]


@entry("cgroup_multicpu_pin", "advanced", requires="reject_pin")
def multicpu_pin(m):
    """All on the first two CPUs, after the settle time."""
    pin = listed(m.all[:2])
    return [Phase(SETTLE, free("cg_0", "cg_1"), TWO),
            Phase(DURATION, ops=[f"set cg_{i} affinity {pin}" for i in range(2)])]


@entry("cgroup_cpuset_multicpu_pin", "interaction", lambda m: len(m.usable) >= 2, requires="reject_pin")
def cpuset_multicpu_pin(m):
    """Each on the first two CPUs of its half."""
    halves = [m.disjoint(0, 2), m.disjoint(1, 2)]
    return [Phase(SETTLE, parts(halves), TWO),
            Phase(DURATION, ops=[f"set cg_{i} affinity {listed(half[:2])}" for i, half in enumerate(halves)])]


@entry("nested_cgroup_task_move", "nested", settle=Fraction(2))
def task_move(m):
    """Up, across, up."""
    moves = [("cg_0/sub", "cg_0"), ("cg_0", "cg_1/sub"), ("cg_1/sub", "cg_1")]
    return [Phase(QUARTER, free("cg_0", "cg_0/sub", "cg_1", "cg_1/sub"), [spin("cg_0/sub")]),
            *(Phase(QUARTER, ops=[f"move {WORKERS} {a} {b}"]) for a, b in moves)]


@entry("cgroup_exhaust_reuse", "advanced", lambda m: m.count >= 3)
def exhaust_reuse(m):
    """Those that are not dropped stay, or nothing would be exhausted or dropped."""
    n = min(m.count - 1, 15)
    half = range(n // 2)
    return [Phase(Fraction(1), {f"exhaust_{i}": [i] for i in range(n)}),
            Phase(Fraction(1), ops=[f"remove exhaust_{i}" for i in half]),
            Phase(DURATION, {f"reuse_{i}": [i] for i in half}, [spin(f"reuse_{i}", 1) for i in half])]


def turns(period, settled):
    """When the turns of a loop that lasts for the duration begin."""
    count = -(-DURATION // period)
    return [settled + i * period for i in range(int(count))]


@entry("cgroup_rapid_churn", "dynamic")
def rapid_churn(m):
    """A cgroup for 100 ms, and 50 ms without, for as long as the scenario takes."""
    period, there = Fraction(150, 1000), Fraction(100, 1000)
    phases = [Phase(Fraction(0), free("cg_0", "cg_1"), TWO)]
    for i, at in enumerate(turns(period, Fraction(0))):
        phases.append(Phase(there, {f"ephemeral_{i}": None}))
        phases.append(Phase(min(period, DURATION - at) - there, ops=[f"remove ephemeral_{i}"]))
    return phases


@entry("nested_cgroup_rapid_churn", "nested")
def nested_rapid_churn(m):
    """A child of cg_0 for 50 ms; every third one has a child for 50 ms before."""
    period, there = Fraction(150, 1000), Fraction(50, 1000)
    phases = [Phase(Fraction(0), free("cg_0", "cg_1"), TWO)]
    for i, at in enumerate(turns(period, Fraction(0))):
        name, rest = f"cg_0/churn_{i}", min(period, DURATION - at)
        if i % 3 == 0:
            phases.append(Phase(there, {name: None, f"{name}/deep": None}))
            phases.append(Phase(there, ops=[f"remove {name}/deep"]))
            rest -= there
        else:
            phases.append(Phase(there, {name: None}))
        phases.append(Phase(rest - there, ops=[f"remove {name}"]))
    return phases


@entry("cgroup_cpuset_cross_llc_race", "stress", lambda m: m.llcs >= 2 and len(m.llc(0)) >= 2,
       settle=Fraction(2), requires="llc rebal")
def cross_llc_race(m):
    """LLC 0 without its lowest CPU and LLC 1 change hands every 200 ms, from the first turn on."""
    a, b = m.llc(0)[1:], m.llc(1)
    n = 8 * max(len(a), 4)
    period = Fraction(200, 1000)
    phases = [Phase(Fraction(0), parts([a, b]), [spin("cg_0", n, "mixed"), spin("cg_1", n, "mixed")])]
    for i, _ in enumerate(turns(period, Fraction(0))):
        phases.append(Phase(period, ops=cpus_of(a, b) if i % 2 == 0 else cpus_of(b, a)))
    return phases
