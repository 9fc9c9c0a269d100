# Loads that scenarios are usually made of, by name.

# Wakes up, computes, sleeps: a third of the time busy.
fn sparse_bursts() -> work = bursty(50ms, 100ms)

# Two thirds of the time busy: leaves CPUs, but never for long.
fn dense_bursts() -> work = bursty(100ms, 50ms)

# For real-time policies: long bursts, with pauses in which all others get their turn.
fn real_time_bursts() -> work = bursty(500ms, 250ms)

# Worker counts for work that comes in groups of `group`: the next smaller one that fits,
# but at least one group; and the next larger one.
fn whole_groups(n: int, group: int) -> int = max(1, n / group) * group
fn round_up(n: int, group: int) -> int = (n + group - 1) / group * group

# More than any CPU set of a small machine has room for.
proc heavy(g: cgroup, count: int = 16) { spawn count cpu_spin in g }

# A single worker that gives its CPU back all the time.
proc light(g: cgroup) { spawn 1 yield_heavy in g }

# Now and then a burst.
proc sparse(g: cgroup, count: int = 2) { spawn count sparse_bursts() in g }

# `count` workers of every scheduling class that needs no reservation. The real-time ones
# pause, or nothing else would ever run beside them.
proc every_class(g: cgroup, count: int = 2) {
    spawn count cpu_spin in g { policy = normal }
    spawn count cpu_spin in g { policy = batch }
    spawn count cpu_spin in g { policy = idle }
    spawn count real_time_bursts() in g { policy = fifo(1) }
}
