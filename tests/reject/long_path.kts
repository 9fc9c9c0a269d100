scenario probe {
    create a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p/q/r/s
    #!^ error[KTS0902]: a cgroup path has at most 16 parts
    hold 100ms
}
