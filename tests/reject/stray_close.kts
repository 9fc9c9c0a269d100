scenario probe {
    cgroup left { spawn 2 cpu_spin }
    cgroup right { spawn 2 cpu_spin }
    hold 100ms) #! error[KTS0008]: this ')' closes nothing
    hold 100ms] #! error[KTS0008]: this ']' closes nothing
    hold 100ms
}
} #! error[KTS0008]: this '}' closes nothing
