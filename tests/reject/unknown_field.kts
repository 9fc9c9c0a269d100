scenario probe {
    cgroup left { spawn 2 cpu_spin }
    cgroup right { spawn 2 cpu_spin }
    note "{left.cpu} {topo.cpu} {left.weight} {topo.threads} {sched.name}"
    #!^ error[KTS0208]: a cgroup has no property 'cpu'; it has .cpus and .tasks
    #!^ error[KTS0208]: there is no 'topo.cpu'; did you mean 'topo.cpus'?
    #!^ error[KTS0208]: a cgroup has no property 'weight'; it has .cpus and .tasks
    #!^ error[KTS0208]: there is no 'topo.threads'; did you mean 'topo.cores'?
    #!^ error[KTS0208]: there is no 'sched.name'
    hold 100ms
}
