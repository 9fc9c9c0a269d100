scenario probe {
    cgroup left { spawn cpu_spin }
    cgroup right { spawn cpu_spin }
    if topo.cpus > 4 { remove left }
    hold 100ms
    set left.cpus = all #! warning[KTS0502]: cgroup 'left' may not exist here
    remove right
    if topo.cpus > 4 { create right }
    set right.cpus = all #! warning[KTS0502]: cgroup 'right' may not exist here
}
