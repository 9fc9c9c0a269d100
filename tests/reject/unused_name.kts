param p = 3 "nobody asks" #! warning[KTS0204]: 'p' is never used
scenario probe {
    cgroup left { spawn 2 cpu_spin }
    cgroup right { spawn 2 cpu_spin }
    let a = 3 #! warning[KTS0204]: 'a' is never used
    let w = spawn 2 cpu_spin in left #! warning[KTS0204]: 'w' is never used
    for i in 0..2 { hold 100ms }
}
