#! plan --topo 1n1l8c1t
# set, clear, swap, freeze, thaw, remove, stop and move, with the sets that follow.
scenario swaps {
    settle = 0s
    cgroup left { cpus = first(all, 2); spawn 3 cpu_spin }
    cgroup right { cpus = last(all, 2); spawn 1 cpu_spin }
    cgroup bare { }
    hold 10ms
    swap left.cpus, right.cpus
    swap left.cpus, bare.cpus
    note "{left.cpus} {right.cpus} {bare.cpus}"
    clear right.cpus
    note "{right.cpus}"
    move 2 from left to right
    move 50% from right to left
    note "{left.tasks} {right.tasks}"
    freeze left
    hold 10ms
    thaw left
    let crew = spawn 2 io_sync in bare
    hold 10ms
    move crew to left
    stop crew
    stop left
    remove right
    create right
    hold 10ms
}
