scenario probe {
    cgroup outer/inner { spawn cpu_spin } #! error[KTS0503]: the parent 'outer' does not exist here
    create a/b #! error[KTS0503]: the parent 'a' does not exist here
    hold 100ms
}
