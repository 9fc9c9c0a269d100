scenario probe {
    cgroup left { spawn 2 cpu_spin }
    cgroup right { spawn 2 cpu_spin }
    hodl 100ms #! error[KTS0101]: there is no statement 'hodl'; did you mean 'hold'?
    spwan 2 cpu_spin in left #! error[KTS0101]: there is no statement 'spwan'; did you mean 'spawn'?
    mov all from left to right #! error[KTS0101]: there is no statement 'mov'; did you mean 'move'?
    while true { } #! error[KTS0101]: there is no statement 'while'
    wait left #! error[KTS0200]: there is no payload 'left'
    hold 100ms
}
