param p = 1 "one"
param p = 2 "two" #! error[KTS0202]: 'p' is declared already
scenario probe {
    cgroup left { spawn 2 cpu_spin }
    cgroup right { spawn 2 cpu_spin }
    let a = p #! warning[KTS0204]: 'a' is never used
    let a = 3
    #!^ error[KTS0202]: 'a' is declared already
    #!^ warning[KTS0204]: 'a' is never used
    for a in 0..2 { note "{a}" } #! error[KTS0202]: 'a' is declared already
    let left = 3 #! warning[KTS0204]: 'left' is never used
    hold 100ms
}
scenario probe { #! error[KTS0202]: there is a scenario 'probe' already
    cgroup left { spawn 2 cpu_spin }
    cgroup right { spawn 2 cpu_spin }

    hold 100ms
}
