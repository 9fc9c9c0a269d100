# Forms that few programs use.
fn part(set: cpuset, n: int = 1,) -> cpuset = first(set, n)

proc wait_for(g: cgroup) {
    await g.tasks == 1
    await g.tasks > 0 timeout 500ms
}

scenario spelling {
    cgroup a { cpus = part(set: all); spawn 1 cpu_spin }
    wait_for(a)
    hold 10ms
}
