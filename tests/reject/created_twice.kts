scenario probe {
    cgroup left { spawn cpu_spin }
    cgroup left { spawn cpu_spin } #! error[KTS0500]: cgroup 'left' exists already
    create left #! error[KTS0500]: cgroup 'left' exists already
    hold 100ms
    remove left
    create left
}
