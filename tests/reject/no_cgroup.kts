scenario probe {
    spawn 2 cpu_spin #! error[KTS0504]: this spawn does not say in which cgroup
    step "one" { spawn cpu_spin }
    #!^ error[KTS0504]: this spawn does not say in which cgroup
    #!^ warning[KTS0603]: these workers get no time to run
    hold 100ms
}
