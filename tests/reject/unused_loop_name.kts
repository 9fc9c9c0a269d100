# A `for` needs a name, a `repeat` does not.
scenario probe {
    cgroup left { spawn cpu_spin }
    for i in 0..2 { set left.weight = 50 }
    repeat 2 times as i { set left.weight = 50 } #! warning[KTS0204]: 'i' is never used
    repeat every 10ms for 50ms as k { set left.weight = 50 } #! warning[KTS0204]: 'k' is never used
    repeat 2 times as _j { set left.weight = 50 }
    hold 1s
}
