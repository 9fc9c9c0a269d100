# A café, in an older encoding than UTF-8. #! error[KTS0001]: byte 0xe9 is not UTF-8 here
scenario probe {
    cgroup a { spawn cpu_spin }
    hold 1s
}
