#! plan --topo 1n1l4c1t
#! plan --topo 1n1l4c1t -D rounds=1
# Loops in virtual time: absolute times, the counter, conditions.
param rounds = 2

scenario loops {
    duration = 1s
    settle = 0s
    cgroup left { spawn cpu_spin }
    cgroup right { }
    repeat every 100ms for 300ms as i {
        if i % 2 == 0 { move all from left to right } else { move all from right to left }
        hold 10ms
    }
    for i in 0..rounds { note "round {i} at {i * 10ms}" }
    repeat rounds times { sleep 5ms }
    repeat every 200ms { set left.weight = 50 }
    hold rest
}
