# Holds, sleeps, loops and conditions.
param rounds = 3 "how often"

scenario time {
    duration = 2s
    settle = 50ms
    timeout = 1min
    cgroup left { spawn cpu_spin }
    cgroup right { }
    hold 10%
    hold 100ms + 50ms
    sleep 5ms
    repeat rounds times { hold 1ms }
    repeat 2 times as k { note "round {k}" }
    repeat every 10ms for 100ms as i {
        if i % 2 == 0 { set left.weight = 100 } else if i == 3 { set left.weight = 10 } else { clear left.weight }
    }
    repeat every 10ms for 10% { move all from left to right; move all from right to left }
    for i in 0..rounds {
        for j in i..rounds + 1 { note "{i} {j}" }
    }
    repeat every 100ms { hold 1ms }
    hold rest
}
