scenario probe {
    step "one" {
        cgroup late { spawn cpu_spin }
        hold 100ms
    }
    set late.cpus = all #! error[KTS0501]: cgroup 'late' is gone here
    cgroup left { spawn cpu_spin }
    cgroup right { spawn cpu_spin }
    hold 100ms
    remove left
    move all from left to host #! error[KTS0501]: cgroup 'left' is gone here
    remove right
    note "{right.tasks}" #! error[KTS0501]: cgroup 'right' is gone here
}
