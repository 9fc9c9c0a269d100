"""Scenarios that set up their load and hold it."""

from fractions import Fraction

from facts import WORKERS, bursty, each, entry, free, holds, parts, spin, steady, DURATION, Phase

HALF = Fraction(1, 2)


def half(m):
    """Two halves."""
    return m.split_half()


def overlap(m):
    """Three sets that overlap by half."""
    return m.overlapping(3, HALF)


steady("cgroup_steady", "basic", each())
steady("cgroup_cpuset_llc_steady", "basic", each(), lambda m: m.llc_aligned(2))
steady("cgroup_cpuset_cross_llc_steady", "basic", each(), lambda m: m.split_misaligned())
steady("cgroup_cpuset_overlap_steady", "cpuset", each(3), overlap)
steady("cgroup_partial_cpus_steady", "stress", each(), lambda m: m.holdback(Fraction(33, 100)))
steady("cgroup_uneven_steady", "stress", each(), lambda m: m.uneven(Fraction(3, 4)))
steady("cgroup_oversubscribed", "stress", each(2, 32, "mixed"))
steady("cgroup_affinity_inherit", "affinity", each(2, WORKERS, "mixed"))
steady("cgroup_affinity_random", "affinity", each(affinity="random"), half)
steady("cgroup_affinity_spanning", "affinity", each(affinity="spanning"), half)
# What is said of it is one CPU per worker; all on one CPU is what is done.
steady("cgroup_affinity_pinned", "affinity", each(affinity="spread"), half)
steady("cgroup_cpuset_llc_affinity", "affinity", each(affinity="llc_aligned"), lambda m: m.llc_aligned(2),
       requires="llc")
steady("sched_batch", "sched_class", each(policy="batch"))
steady("sched_idle", "sched_class", each(policy="idle"))


def beside_normal(count, policy):
    """Real-time workers; the normal ones beside them are in the description only."""
    return lambda m: [load for name in ("cg_0", "cg_1")
                      for load in (bursty(name, count, 500, 250, policy), spin(name))]


# Two thirds of the time busy, they leave nothing to others on fewer CPUs.
steady("sched_fifo", "sched_class", beside_normal(1, "fifo(1)"), needs=lambda m: m.count >= 2)
steady("sched_rr", "sched_class", beside_normal(2, "rr(1)"), needs=lambda m: m.count >= 4)
steady("cgroup_idle_overloaded", "advanced", lambda m: [spin("cg_0", 16), spin("cg_1", 1)], requires="borrow")
steady("cgroup_all_loaded", "advanced", each(2, 16), requires="borrow")
steady("cgroup_llc_overflow", "advanced", each(1, 8), requires="llc steal")
steady("cgroup_load_imbalance", "advanced", lambda m: [spin("cg_0", 16), spin("cg_1", 1, "yield_heavy")],
       requires="rebal")
steady("stall_detect", "stall", each(1, 16))
steady("stall_recovery", "stall", each(2, 16))
steady("cgroup_cpuset_overlap_imbalance", "advanced",
       lambda m: [spin("cg_0", 8), bursty("cg_1", 1, 50, 100), spin("cg_2", 1, "yield_heavy")], overlap,
       requires="borrow")
steady("cgroup_cpuset_overlap_load_imbalance", "advanced",
       lambda m: [spin("cg_0", 16), spin("cg_1", 1, "yield_heavy"), spin("cg_2", 4)], overlap, requires="rebal")
steady("cgroup_bursty_imbalance", "advanced", lambda m: [spin("cg_0", 8), bursty("cg_1", 4, 50, 100)],
       requires="borrow")
steady("cgroup_bursty_load_shift", "advanced", lambda m: [bursty("cg_0", 12, 200, 50), spin("cg_1", 4)],
       requires="rebal")

steady("fork_exit_churn", "stress", each(2, WORKERS, "fork_exit"))
steady("nice_sweep", "stress", each(2, WORKERS, "nice_sweep"))
steady("affinity_churn", "stress", each(2, WORKERS, "affinity_churn(1024)"))
steady("policy_churn", "stress", each(2, WORKERS, "policy_churn(1024)"))
steady("page_fault_churn", "stress", each(2, WORKERS, "page_fault_churn(4MiB, 256, 64)"))
steady("mutex_contention_light", "stress", each(2, 4, "mutex_contention(4, 64, 1024)"))
steady("mutex_contention_heavy", "stress", each(2, 8, "mutex_contention(8, 1024, 256)"))

# Those with code of their own that still only hold.
holds("cgroup_pipe_io", "sched_class", lambda m: [
    load for name in ("cg_0", "cg_1") for load in (spin(name, 2, "pipe_io(1024)"), spin(name))])
holds("host_cgroup_contention", "stress", lambda m: [spin("host", m.count), spin("cg_0"), spin("cg_1")])
holds("sched_mixed", "sched_class", lambda m: [
    load for name in ("cg_0", "cg_1")
    for load in (spin(name, 2), spin(name, 2, policy="batch"), spin(name, 2, policy="idle"),
                bursty(name, 2, 500, 250, "fifo(1)"))], needs=lambda m: m.count >= 4)
holds("cgroup_imbalance_mixed_workload", "advanced",
      lambda m: [spin("cg_0", 8), bursty("cg_1", WORKERS, 100, 50), spin("cg_2", WORKERS, "io_sync")],
      requires="borrow rebal")
holds("cgroup_4way_load_imbalance", "advanced",
      lambda m: [spin("cg_0", 16), spin("cg_1", 1, "yield_heavy"), spin("cg_2", 8), spin("cg_3", 4)],
      needs=lambda m: m.count >= 5, requires="rebal")
holds("cgroup_cpuset_workload_imbalance", "advanced",
      lambda m: [spin("cg_0", 2 * (len(m.usable) // 2)), bursty("cg_1", WORKERS, 50, 100)], half,
      requires="borrow")
holds("cgroup_cpuset_imbalance_combined", "interaction",
      lambda m: [spin("cg_0", 2 * (len(m.usable) // 2)), bursty("cg_1", 2, 50, 150)], half,
      requires="borrow rebal")
holds("cgroup_cpuset_overlap_imbalance_combined", "interaction",
      lambda m: [spin("cg_0", 12), bursty("cg_1", 2, 50, 100), spin("cg_2", 1, "yield_heavy")], overlap,
      requires="borrow rebal")
holds("cgroup_no_ctrl_load_imbalance", "interaction",
      lambda m: [spin("cg_0", 16), spin("cg_1", 1, "yield_heavy")], requires="no_ctrl rebal")
holds("cgroup_io_compute_imbalance", "advanced",
      lambda m: [spin("cg_0", WORKERS, "io_sync"), spin("cg_1", m.count)], requires="borrow")


def beside_computing(count, work):
    """Workers of some kind beside as many that compute as there are CPUs."""
    return lambda m: [spin("cg_0", count, work), spin("cg_1", m.count)]


# Worker counts are fitted to the groups: up to a pair, down to a messenger and its four, but at least one.
PAIRS, FIVES = -(-WORKERS // 2) * 2, max(1, WORKERS // 5) * 5
holds("cache_pressure_imbalance", "performance", beside_computing(WORKERS, "cache_pressure(32KiB, 64B)"),
      requires="borrow")
holds("cache_yield_wake_affine", "performance", each(2, WORKERS, "cache_yield(32KiB, 64B)"),
      lambda m: [m.llc(0), m.llc(1)] if m.llcs > 1 else [[]], requires="llc")
holds("cache_pipe_io_compute_imbalance", "performance", beside_computing(PAIRS, "cache_pipe(32KiB, 1024)"),
      requires="borrow")
holds("fan_out_wake", "performance", beside_computing(FIVES, "futex_fan_out(4, 1024)"), requires="borrow")
holds("fan_out_compute", "performance", beside_computing(FIVES, "fan_out_compute(4, 256KiB, 5, 100us)"),
      requires="borrow")


@entry("cgroup_per_cpu", "stress", lambda m: m.count > 1, settle=Fraction(1))
def per_cpu(m):
    """A cgroup on each CPU but the last, 64 at the most."""
    n = min(m.count - 1, 64)
    return [Phase(DURATION, {f"many_{i}": [i] for i in range(n)}, [spin(f"many_{i}", 1) for i in range(n)])]


@entry("cgroup_dsq_contention", "stress", lambda m: m.count >= 4)
def dsq_contention(m):
    """Three free bursty workers per usable CPU, and one pinned to each of the first four CPUs."""
    pinned = [bursty("cg_0", 1, 10, 5, affinity=str(cpu)) for cpu in m.all[:min(m.count - 1, 4)]]
    return [Phase(DURATION, {"cg_0": m.all[:-1]}, [bursty("cg_0", max(3 * (m.count - 1), 8), 10, 5), *pinned])]


DIVERSE = [spin("cg_0"), bursty("cg_1", WORKERS, 50, 100), spin("cg_2", 2, "io_sync"),
           spin("cg_3", WORKERS, "mixed"), spin("cg_4", WORKERS, "yield_heavy")]


@entry("cgroup_workload_variety", "stress", lambda m: m.count >= 6)
def workload_variety(m):
    """Five kinds."""
    return [Phase(DURATION, free(*(load[0] for load in DIVERSE)), DIVERSE)]


@entry("cgroup_cpuset_workload_variety", "stress", lambda m: m.count >= 6)
def cpuset_workload_variety(m):
    """Three kinds, on consecutive chunks of all CPUs but the last; the third takes the remainder."""
    cpus, chunk = m.all[:-1], (m.count - 1) // 3
    return [Phase(DURATION, parts([cpus[:chunk], cpus[chunk:2 * chunk], cpus[2 * chunk:]]), DIVERSE[:3])]


@entry("cgroup_dynamic_workload_variety", "stress", lambda m: m.count >= 5)
def dynamic_workload_variety(m):
    """Three kinds, and a fourth cgroup for a third of the time."""
    third = DURATION / 3
    return [Phase(third, free("cg_0", "cg_1", "cg_2"), DIVERSE[:3]),
            Phase(third, free("cg_3"), [bursty("cg_3", 4, 100, 50)]),
            Phase(third, ops=["remove cg_3"])]


@entry("nested_cgroup_steady", "nested", settle=Fraction(2))
def nested_steady(m):
    """Workers in leaves only."""
    leaves = ["cg_0/sub_a", "cg_0/sub_b", "cg_1/sub_b", "cg_1/sub_a/deep"]
    return [Phase(DURATION, free("cg_0", "cg_1", "cg_1/sub_a", *leaves), [spin(leaf) for leaf in leaves])]


@entry("nested_cgroup_imbalance", "interaction", requires="borrow")
def nested_imbalance(m):
    """Heavy and bursty below empty parents."""
    return [Phase(DURATION, free("cg_0", "cg_1", "cg_0/sub_a", "cg_1/sub_b"),
                  [spin("cg_0/sub_a", 8), bursty("cg_1/sub_b", 2, 50, 100)])]


@entry("nested_cgroup_no_ctrl", "advanced", requires="no_ctrl")
def nested_no_ctrl(m):
    """Two and three levels."""
    return [Phase(DURATION, free("cg_0", "cg_0/sub_a", "cg_1", "cg_0/sub_a/deep", "cg_1/sub_b"),
                  [spin("cg_0/sub_a/deep"), spin("cg_1/sub_b")])]


@entry("nested_cgroup_cpuset", "nested", lambda m: m.count >= 4, settle=Fraction(2))
def nested_cpuset(m):
    """The first half of all CPUs, and the first half of that."""
    middle = m.count // 2
    return [Phase(DURATION, {"cg_0": m.all[:middle], "cg_0/narrow": m.all[:middle // 2]}, [spin("cg_0/narrow")])]
