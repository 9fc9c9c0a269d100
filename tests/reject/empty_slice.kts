# A slice goes from a place up to a later one.
scenario s {
    cgroup a { cpus = slice(all, 2, 2); spawn cpu_spin }
    #!^ error[KTS0403]: this slice is empty on every machine
    hold 1s
}
