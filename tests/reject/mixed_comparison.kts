scenario probe {
    cgroup left { spawn 2 cpu_spin }
    cgroup right { spawn 2 cpu_spin }
    if topo.cpus > 2s { } #! error[KTS0304]: an int and a duration do not compare with '>'
    if all < usable { } #! error[KTS0304]: a cpuset and a cpuset do not compare with '<'
    if 1s == 50% { } #! error[KTS0304]: a duration and a percent do not compare with '=='
    if "a" == 1 { } #! error[KTS0304]: a string and an int do not compare with '=='
    if true < false { } #! error[KTS0304]: a bool and a bool do not compare with '<'
    hold 100ms
}
