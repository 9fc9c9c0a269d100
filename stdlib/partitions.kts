# Ways to divide the machine among cgroups. A function gives part `i` of the CPUs, counted
# from 0; the proc beside it makes the cgroups cg[0], cg[1], …, one on each part, with the
# same load in all of them. A machine that is too small for the parts ends the scenario as
# a SKIP that says why.
#
# The usable CPUs are all but the highest where there are more than two, in the order of
# their numbers.

# Part 0 or 1 of a set that is cut behind its first `at` CPUs. Either may be empty, and
# there is no third: behind part 1 every part is.
fn cut_part(set: cpuset, at: int, i: int) -> cpuset = slice(
    set, i * at + i / 2 * size(set), at + i * size(set)
)

# A whole last-level cache. The highest CPU of the machine is left to the rest of the
# system, unless its cache has no other.
fn llc_part(i: int) -> cpuset = slice(llc(i), 0, max(1, size(llc(i) & usable)))

# The lower or the upper half of the usable CPUs.
fn half_part(i: int) -> cpuset = cut_part(usable, topo.usable / 2, i)

# The usable CPUs, cut through the middle of the first last-level cache; with a single one,
# in halves.
fn misaligned_part(i: int) -> cpuset = cut_part(usable, misaligned_cut(min(topo.llcs - 1, 1)), i)

# `several` is 1 where there are several last-level caches, else 0.
fn misaligned_cut(several: int) -> int = several * (size(llc(0)) / 2) +
    (1 - several) * (topo.usable / 2)

# The first `share` of the usable CPUs, or the rest of them.
fn uneven_part(i: int, share: percent = 75%) -> cpuset = cut_part(
    usable, max(1, floor(topo.usable * share)), i
)

# The lower or the upper half of all CPUs, after `share` of them were kept back, the
# highest ones.
fn holdback_part(i: int, share: percent = 33%) -> cpuset = cut_part(
    slice(all, 0, kept(share)), max(1, kept(share) / 2), i
)

fn kept(share: percent) -> int = topo.cpus - floor(topo.cpus * share)

# Part `i` of `n`: equal parts of all CPUs, each of which has `share` of it in common with
# the next. With more parts than CPUs, they are single CPUs in turn.
fn overlap_part(i: int, n: int, share: percent = 50%) -> cpuset = run_part(
    i * overlap_stride(topo.cpus / n, share) % topo.cpus, max(1, topo.cpus / n)
)

fn overlap_stride(base: int, share: percent) -> int = max(1, base - ceil(base * share))

# `count` CPUs from position `at` on.
fn run_part(at: int, count: int) -> cpuset = slice(all, at, at + count)

# Without cpusets: the scheduler has the whole machine for all of them.
proc split_none(
    n: int = 2, count: int = workers, load: work = cpu_spin,
    on: affinity = inherit, swappable: bool = false
) {
    for i in 0..n {
        cgroup cg[i] { spawn count load { affinity = on; swappable = swappable } }
    }
}

# One last-level cache each.
proc split_llcs(
    n: int = 2, count: int = workers, load: work = cpu_spin,
    on: affinity = inherit, swappable: bool = false
) {
    skip "{n} LLCs are needed, one for each cgroup; found {topo.llcs}" if topo.llcs < n
    for i in 0..n {
        cgroup cg[i] {
            cpus = llc_part(i)
            spawn count load { affinity = on; swappable = swappable }
        }
    }
}

# Two cgroups on two sets of CPUs.
proc split_pair(
    a: cpuset, b: cpuset, count: int = workers, load: work = cpu_spin,
    on: affinity = inherit, swappable: bool = false
) {
    skip "too few CPUs for two cgroups: parts of {size(a)} and {size(b)}" if size(a) == 0 or size(b) == 0
    cgroup cg[0] { cpus = a; spawn count load { affinity = on; swappable = swappable } }
    cgroup cg[1] { cpus = b; spawn count load { affinity = on; swappable = swappable } }
}

# Halves of the usable CPUs.
proc split_half(
    count: int = workers, load: work = cpu_spin,
    on: affinity = inherit, swappable: bool = false
) {
    split_pair(half_part(0), half_part(1), count, load, on, swappable)
}

# A cut through the first last-level cache.
proc split_misaligned(
    count: int = workers, load: work = cpu_spin,
    on: affinity = inherit, swappable: bool = false
) {
    split_pair(misaligned_part(0), misaligned_part(1), count, load, on, swappable)
}

# Much for one, little for the other.
proc split_uneven(
    share: percent = 75%, count: int = workers, load: work = cpu_spin,
    on: affinity = inherit, swappable: bool = false
) {
    split_pair(uneven_part(0, share), uneven_part(1, share), count, load, on, swappable)
}

# Halves, with a share of the machine for neither.
proc split_holdback(
    share: percent = 33%, count: int = workers, load: work = cpu_spin,
    on: affinity = inherit, swappable: bool = false
) {
    split_pair(holdback_part(0, share), holdback_part(1, share), count, load, on, swappable)
}

# Each reaches into the next.
proc split_overlap(
    n: int, share: percent = 50%, count: int = workers, load: work = cpu_spin,
    on: affinity = inherit, swappable: bool = false
) {
    for i in 0..n {
        cgroup cg[i] {
            cpus = overlap_part(i, n, share)
            spawn count load { affinity = on; swappable = swappable }
        }
    }
}
