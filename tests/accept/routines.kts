# Fns and procs: order does not matter, defaults, named arguments, cgroups and handles as parameters.
param base = 2
let part = half(usable)

fn half(set: cpuset) -> cpuset = first(set, max(1, size(set) / 2))
fn load(n: int, share: percent = 50%) -> int = round(twice(n) * share) + 1
fn twice(n: int) -> float = n * 2.0
fn busy(pause: duration = 1ms) -> work = bursty(burst: 5ms, sleep: pause)
fn pinned(set: cpuset) -> affinity = nth(set, 0)
fn level(n: int) -> policy = fifo(n)
fn title(n: int) -> string = "part {n}"

proc fill(g: cgroup, n: int = 1, w: work = cpu_spin) {
    spawn n w in g { affinity = pinned(g.cpus); name = title(n); policy = level(n) }
    if g.tasks > 100 { fail "too many" }
}

proc pair(prefix: int, set: cpuset) {
    cgroup cell[prefix] { cpus = set }
    fill(cell[prefix], load(1, share: 100%))
    for i in 0..2 { fill(cell[prefix], w: busy(pause: 2ms)) }
}

proc shift(h: workers, to_group: cgroup) { move h to to_group }

scenario routines {
    duration = 200ms
    cgroup left { cpus = part }
    cgroup left/inner { }
    let h = spawn (load(base)) busy() in left
    fill(left)
    fill(left/inner, 2)
    pair(0, half(half(usable)))
    pair(1, usable)
    shift(h, left/inner)
    hold rest
}
