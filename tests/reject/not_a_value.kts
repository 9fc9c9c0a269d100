scenario probe {
    cgroup left { spawn 2 cpu_spin }
    cgroup right { spawn 2 cpu_spin }
    let a = left #! error[KTS0210]: 'left' is a cgroup, not a value
    let b = llc #! error[KTS0303]: 'llc' lacks its argument i
    let c = cpu_spin
    note "{a} {b} {c}" #! error[KTS0300]: a work cannot be part of a string
    hold right #! error[KTS0210]: 'right' is a cgroup, not a value
}
