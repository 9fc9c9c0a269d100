scenario probe {
    cgroup left { spawn 2 cpu_spin }
    cgroup right { spawn 2 cpu_spin }
    hold 5sec #! error[KTS0006]: there is no unit 'sec'; write `5s`
    hold 5m #! error[KTS0006]: there is no unit 'm'; write `5min`
    hold 1h #! error[KTS0006]: there is no unit 'h'
    hold 5MS #! error[KTS0006]: there is no unit 'MS'
    let s = 64KB #! error[KTS0006]: there is no unit 'KB'; write `64KiB`
    let t = 64kib #! error[KTS0006]: there is no unit 'kib'; write `64KiB`
    let u = 5percent #! error[KTS0006]: there is no unit 'percent'
    note "{s} {t} {u}"
}
