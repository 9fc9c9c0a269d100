payload fio { exec = "fio" }
payload other { exec = "x" }
extern hook h()
scenario probe {
    cgroup left { spawn 2 cpu_spin }
    wait fio #! error[KTS0509]: 'fio' was not started
    run fio
    run fio #! error[KTS0508]: 'fio' runs already
    wait fio
    wait fio #! error[KTS0509]: 'fio' has ended here
    kill fio #! error[KTS0509]: 'fio' has ended here
    run fio
    if topo.cpus > 2 { kill fio }
    wait fio #! warning[KTS0502]: 'fio' may not be running here
    run fio as two
    kill two
    kill two #! error[KTS0509]: 'two' has ended here
    run foi #! error[KTS0200]: there is no payload 'foi'; did you mean 'fio'?
    wait left #! error[KTS0200]: there is no payload 'left'
    run h #! error[KTS0200]: there is no payload 'h'
    wait fio timeout 3
    #!^ error[KTS0509]: 'fio' has ended here
    #!^ error[KTS0301]: a timeout is a duration and needs its unit
    wait fio timeout 0s
    #!^ error[KTS0509]: 'fio' has ended here
    #!^ error[KTS0400]: a timeout is more than nothing
    hold 100ms
}
scenario loops {
    cgroup left { spawn 2 cpu_spin }
    repeat 3 times { run fio }
    #!^ error[KTS0508]: the second turn starts 'fio' while the first one runs
    step "a" { run other in left; hold 10ms }
    kill other #! error[KTS0509]: 'other' has ended here
}
scenario maybe {
    cgroup left { spawn 2 cpu_spin }
    if topo.cpus > 2 { run fio }
    run fio #! warning[KTS0502]: 'fio' may be running already
    run other in rigth #! error[KTS0201]: there is no cgroup 'rigth' here
    hold 100ms
}
