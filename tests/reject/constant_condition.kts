# What is the same in every run is no condition; what a param, a setting or a machine decides is one.
param many = 4
param checks = false

fn odd(i: int) -> bool = i % 2 == 1

proc load(g: cgroup, n: int) {
    if n > 2 { spawn n cpu_spin in g } else { spawn cpu_spin in g }
}

scenario probe {
    needs topo.cpus >= 1 #! warning[KTS0604]: this is met on every machine
    needs topo.cpus >= 5000 or topo.llcs >= 2
    cgroup left { }
    let never = false
    load(left, 1)
    load(left, many)
    if many > 3 { note "a param" }
    if checks { note "a param" }
    if duration > 1s { note "a setting" }
    if topo.smt == 2 { note "a machine" }
    if never { note "no" } else if topo.cpus < 5000 { note "yes" } else { note "no" }
    #!^ warning[KTS0604]: this condition is always false: its block never runs
    #!^ warning[KTS0604]: this condition is always true
    for i in 0..4 {
        if i >= 0 { note "each turn" } #! warning[KTS0604]: this condition is always true
        if i == 2 { note "one turn" }
        if odd(i) { note "some turns" }
        if i + 10 < topo.cpus { note "on most machines" }
    }
    hold 50%
    await true #! warning[KTS0604]: this is true at once: nothing is waited for
    expect 1 + 1 == 2 #! warning[KTS0604]: this always holds: nothing is checked
    expect left.tasks >= 0 #! warning[KTS0604]: this always holds: nothing is checked
    fail "no" if left.tasks < 0
    #!^ warning[KTS0604]: this condition is always false: the line never does anything
    skip "no" if size(all) > 4096
    #!^ warning[KTS0604]: this condition is always false: the line never does anything
    hold rest
}

scenario skipped {
    needs topo.nodes > 5000 "a large machine"
    #!^ warning[KTS0604]: this is never met: the scenario is always skipped
    cgroup left { spawn cpu_spin }
    hold 1s
}
