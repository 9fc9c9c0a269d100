#! plan --topo 1n2l2c1t
#! plan --topo 1n2l2c1t --flags llc,borrow
#! plan --topo 1n2l2c1t --flags fast
flag fast requires llc

extern hook probe(n: int) -> int
extern hook poke()
extern work churn(n: int)

payload fio { exec = "fio"; timeout = 5s }
payload other { exec = "other" }

scheduler mine { exec = "scx_mine" }

scenario all_of_it {
    settle = 50ms
    scheduler = mine
    requires llc
    cgroup left { spawn 3 churn(2); run fio }
    cgroup right { }
    run other
    expect left.tasks == 4
    move all from left to right
    expect right.tasks == 4
    let n = custom probe(2)
    custom poke()
    hold 10ms
    wait fio timeout 1s
    expect right.tasks == 3
    # Only a real run can tell what the hook gives.
    expect n == 2
    kill other
    step "more" {
        run fio in right as second
        hold 10ms
    }
    await map_value("/sys/fs/bpf/ready", 0) == 1 timeout 20ms
}

scenario without_borrow {
    excludes borrow
    cgroup left { spawn cpu_spin }
    hold 10ms
}

scenario fast_only {
    requires fast
    cgroup left { spawn cpu_spin }
    hold 10ms
}
