# Counts and shares that do nothing.
scenario s {
    cgroup a { spawn cpu_spin }
    cgroup b { spawn cpu_spin }
    repeat 0 times { hold 1ms } #! error[KTS0400]: something is repeated at least once
    move 0 from a to b #! error[KTS0400]: at least one task is moved
    move 0% from a to b #! error[KTS0400]: a share of the tasks is more than 0% and at most 100%
    move 150% from a to b #! error[KTS0400]: a share of the tasks is more than 0% and at most 100%
    swap a.cpus, b.weight #! error[KTS0302]: only the same knob of two cgroups can be swapped
    if topo.cpus > 1 { hold 1ms } else { hold 2ms } else { hold 3ms }
    #!^ error[KTS0102]: nothing can follow a plain `else`
    step "no settings" {
        nice = 3 #! error[KTS0102]: this block has no settings
        hold 1ms
    }
}
