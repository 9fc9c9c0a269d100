#! plan --topo 1n1l2c1t
scenario pages "One node has no other" {
    cgroup left { spawn 2 cpu_spin }
    hold 50ms
    expect { page_locality >= 80% }
}
scenario all_else "What the kernel tells, a planned machine has" {
    cgroup left { spawn 2 cpu_spin }
    hold 50ms
    expect { pressure <= 10% for 1s; nr_throttled <= 0; run_delay_max <= 1ms; imbalance <= 1; stall <= 1ms }
}
