# What stands in the braces of a spawn, and is no setting, is not read as one.
scenario s {
    cgroup a {
        spawn 2 cpu_spin {
            if a.tasks > 1 { hold 1s } else if a.cpus == all { hold 2s }
            #!^ error[KTS0102]: the braces of a spawn hold settings only
            swap a.cpus, a.cpus #! error[KTS0102]: the braces of a spawn hold settings only
            nice = 1
        }
    }
    hold 1s
}
