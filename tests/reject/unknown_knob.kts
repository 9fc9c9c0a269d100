scenario probe {
    cgroup left { spawn 2 cpu_spin }
    cgroup right { spawn 2 cpu_spin }
    set left.cpu = all #! error[KTS0206]: a cgroup has no knob 'cpu'; did you mean 'cpus'?
    clear left.cpuset #! error[KTS0206]: a cgroup has no knob 'cpuset'; did you mean 'cpus'?
    swap left.cpus, right.memes
    #!^ error[KTS0206]: a cgroup has no knob 'memes'; did you mean 'mems'?
    set left.shares = 100 #! error[KTS0206]: a cgroup has no knob 'shares'
    hold 100ms
}
