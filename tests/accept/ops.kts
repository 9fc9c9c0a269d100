# Ops on live groups.
scenario ops {
    needs topo.usable >= 2
    cgroup left { cpus = disjoint(0, 2); spawn 4 cpu_spin }
    cgroup right { spawn 4 cpu_spin }
    hold 50ms
    set left.cpus = overlap(0, 2, 50%)
    set right.weight = 50
    set left.affinity = random
    set left.affinity = first(left.cpus, 1)
    set left.affinity = inherit
    swap left.cpus, right.cpus
    clear right.cpus
    clear left.weight
    move all from left to right
    move 2 from right to left
    move 50% from right to left
    move topo.cpus - 1 from left to right
    move 1 from right to host
    freeze left
    hold 10ms
    thaw left
    spawn cpu_spin in left
    hold 10ms
    stop left
    remove left
}
