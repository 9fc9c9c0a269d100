# The affinity of live workers is set like a knob, and is none.
scenario probe {
    cgroup a {
        affinity = one #! error[KTS0206]: a cgroup has no knob 'affinity'
        spawn 1 cpu_spin
    }
    hold 10ms
    set a.affinity = 3 #! error[KTS0300]: `affinity` is an affinity, but this is an int
    clear a.affinity #! error[KTS0206]: a cgroup has no knob 'affinity'
    set host.affinity = one
    #!^ error[KTS0507]: 'host' is the cgroup of the run itself and cannot be changed
    swap a.affinity, a.affinity
    #!^ error[KTS0206]: a cgroup has no knob 'affinity'
    #!^ error[KTS0206]: a cgroup has no knob 'affinity'
    hold 10ms
}
