# Cgroups by the dozen. They are the family cg[0], cg[1], …, and belong to the block that
# calls.
use "std/loads"

# `n` cgroups without cpusets, with `count` workers of one kind in each.
proc setup_cgroups(
    n: int, count: int = workers, load: work = cpu_spin, swappable: bool = false
) {
    for i in 0..n {
        cgroup cg[i] { spawn count load { swappable = swappable } }
    }
}

# `n` cgroups with nothing in them.
proc empty_cgroups(n: int) {
    for i in 0..n { create cg[i] }
}

# Another kind of work for each of the cgroups cg[0] to cg[n - 1], in turn: computing,
# bursts, I/O, a mix, yielding. Of the I/O workers there are two, of all others `count`.
proc spawn_diverse(n: int = 5, count: int = workers) {
    for i in 0..n { spawn_kind(cg[i], i % 5, count) }
}

# Kind number `kind` of these five.
proc spawn_kind(g: cgroup, kind: int, count: int = workers) {
    if kind == 0 {
        spawn count cpu_spin in g
    } else if kind == 1 {
        spawn count sparse_bursts() in g
    } else if kind == 2 {
        spawn 2 io_sync in g
    } else if kind == 3 {
        spawn count mixed in g
    } else {
        spawn count yield_heavy in g
    }
}

# Moves all tasks of a cgroup to another and back, `moves` times in all, and holds for a
# while after each.
proc shuttle(a: cgroup, b: cgroup, moves: int, pause: duration) {
    for i in 0..moves {
        if i % 2 == 0 { move all from a to b } else { move all from b to a }
        hold pause
    }
}
