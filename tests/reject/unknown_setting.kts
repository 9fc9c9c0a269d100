scenario probe {
    duratoin = 2s #! error[KTS0104]: a scenario has no setting 'duratoin'; did you mean 'duration'?
    color = "red" #! error[KTS0104]: a scenario has no setting 'color'
    cgroup left {
        cpu = all #! error[KTS0206]: a cgroup has no knob 'cpu'; did you mean 'cpus'?
        spawn 2 cpu_spin { polcy = batch }
        #!^ error[KTS0104]: a spawn has no setting 'polcy'; did you mean 'policy'?
    }
    hold 100ms
}
