param p: integer = 3 #! error[KTS0209]: there is no type 'integer'
scenario probe {
    cgroup left { spawn 2 cpu_spin }
    cgroup right { spawn 2 cpu_spin }
    let a: number = p #! error[KTS0209]: there is no type 'number'
    let b: time = 3s #! error[KTS0209]: there is no type 'time'
    note "{a} {b}"
    hold 100ms
}
