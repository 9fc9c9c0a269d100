scenario probe {
    cgroup left { spawn 2 cpu_spin }
    cgroup right { spawn 2 cpu_spin }
    param p = 3 #! error[KTS0102]: a param is declared at the top of the file
    scenario inner { hold 1s } #! error[KTS0102]: a scenario cannot stand inside another
    hold 100ms
}
