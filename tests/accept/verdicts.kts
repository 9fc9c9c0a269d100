# What judges, and what ends a scenario early.
param strict = false

scenario verdicts "All forms of a verdict" {
    category = "advanced"
    tags = ["slow", "smp"]
    needs topo.cpus >= 1 #! warning[KTS0604]: this is met on every machine
    needs topo.nodes >= 1 "a node" #! warning[KTS0604]: this is met on every machine
    cgroup left { spawn 2 cpu_spin; expect { gap <= 1s } }
    cgroup right { spawn 2 io_sync }
    skip "a machine of one CPU" if topo.cpus == 1 and strict
    fail "never" if strict
    step "one" {
        cgroup late { spawn 2 cpu_spin }
        hold 50ms
        expect left.tasks == 2
        expect left.tasks == 2 "both live"
        expect for late { spread < 50%; gap < 1s }
    }
    expect { isolated; not_starved; gap <= 2s; spread <= 25% }
    expect for left { no spread; no gap }
}

scenario second { skip "only that" }
scenario third { fail "only that" }
