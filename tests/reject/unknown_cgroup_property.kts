# A property is one of a cgroup that there is.
scenario s {
    let n = 3
    cgroup left { spawn cpu_spin }
    hold 1s
    expect lefft.tasks == 1 #! error[KTS0201]: there is no cgroup 'lefft'; did you mean 'left'?
    expect zzzzzz.tasks == 1 #! error[KTS0201]: there is no cgroup 'zzzzzz'
    expect n.tasks == 1 #! error[KTS0208]: an int has no property 'tasks'
}
