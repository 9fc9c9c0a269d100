scenario probe {
    cgroup left { }
    let w = spawn 2 cpu_spin in left
    hold 100ms
    stop w
    stop w #! error[KTS0506]: the workers 'w' are stopped already
    move w to host #! error[KTS0506]: the workers 'w' are stopped already
}
