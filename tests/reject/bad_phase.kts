# What sequence() is made of.
scenario probe {
    cgroup left {
        spawn sequence() #! error[KTS0411]: a sequence has 1 to 16 phases
        spawn sequence #! error[KTS0411]: a sequence has 1 to 16 phases
        spawn sequence(spin(100ms), 50ms)
        #!^ error[KTS0411]: a sequence is made of phases, such as `spin(100ms)`
        spawn sequence(spin(100ms), slep(50ms))
        #!^ error[KTS0411]: there is no phase 'slep'; did you mean 'sleep'?
        spawn sequence(sleep: 50ms)
        #!^ error[KTS0411]: a sequence is made of phases, such as `spin(100ms)`
        spawn sequence(spin) #! error[KTS0411]: a sequence is made of phases, such as `spin(100ms)`
        spawn sequence(cpu_spin(100ms)) #! error[KTS0411]: there is no phase 'cpu_spin'
        spawn sequence(spin(100))
        #!^ error[KTS0301]: the length of spin() is a duration and needs its unit
        spawn sequence(spin(1ms, 2ms)) #! error[KTS0303]: 'spin' has fewer arguments
        spawn sequence(spin()) #! error[KTS0303]: 'spin' lacks its argument length
        spawn sequence(sleep(10ns)) #! error[KTS0400]: the length of a phase is from 1us to 60min
        spawn sequence(yield(61min)) #! error[KTS0400]: the length of a phase is from 1us to 60min
        spawn sequence(io(1ms), io(1ms), io(1ms), io(1ms), io(1ms), io(1ms), io(1ms), io(1ms), io(1ms), io(1ms), io(1ms), io(1ms), io(1ms), io(1ms), io(1ms), io(1ms), io(1ms))
        #!^ error[KTS0411]: a sequence has 1 to 16 phases
    }
    let a = spin(100ms) #! error[KTS0200]: there is no function 'spin'
    hold 100ms
    note "{a}"
}
