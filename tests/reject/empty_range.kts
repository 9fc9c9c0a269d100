scenario probe {
    cgroup left { cpus = range(0.5, 0.5); spawn cpu_spin }
    #!^ error[KTS0403]: this range ends before it begins
    let a = range(0.8, 0.2) #! error[KTS0403]: this range ends before it begins
    for i in 3..3 { hold 100ms } #! error[KTS0403]: this range is empty: it runs up to 3, excluded
    for i in 5..1 { hold 100ms } #! error[KTS0403]: this range is empty: it runs up to 1, excluded
    note "{a}"
    hold 100ms
}
