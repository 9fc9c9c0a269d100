# One scenario for each fault of tests/schedulers; what each comes to stands in exec.py.
scheduler fair_one   { exec = "./test_scheduler"; args = ["fifo"] }
scheduler starves_one { exec = "./test_scheduler"; args = ["starve", "--strict"] }
scheduler stalls_one { exec = "./test_scheduler"; args = ["starve", "--strict"] }
scheduler sticks_one { exec = "./test_scheduler"; args = ["stick"] }
scheduler leaves_one { exec = "./test_scheduler"; args = ["fifo", "--exit-after", "0.7"] }
scheduler also_fair  { exec = "./test_scheduler"; args = ["fifo", "--strict"] }
scheduler slow_one   { exec = "./test_scheduler"; args = ["slow"] }

scenario fair {
    scheduler = fair_one
    duration = 1s
    cgroup a { cpus = disjoint(0, 2); spawn 3 cpu_spin }
    cgroup b { cpus = disjoint(1, 2); spawn 3 bursty(5ms, 5ms) }
    hold rest
    # On emulated CPUs shares of time say nothing.
    expect { isolated; no spread }
}

scenario starves {
    scheduler = starves_one
    duration = 2s
    cgroup a { spawn 4 cpu_spin }
    hold rest
}

scenario stalls {
    scheduler = stalls_one
    duration = 8s
    cgroup a { spawn 4 cpu_spin }
    hold rest
}

scenario sticks {
    scheduler = sticks_one
    duration = 2s
    cgroup a { cpus = disjoint(0, 2); spawn 4 cpu_spin }
    hold 30%
    set a.cpus = disjoint(1, 2)
    hold rest
}

scenario leaves {
    scheduler = leaves_one
    duration = 3s
    cgroup a { spawn 4 cpu_spin }
    hold rest
}

scenario slow {
    scheduler = slow_one
    duration = 2s
    cgroup a { spawn 4 bursty(5ms, 5ms) }
    hold rest
    expect { wake_p50 <= 25ms }
}

# Both ways of change, under load.
scenario changes {
    duration = 2s
    cgroup a { cpus = disjoint(0, 2); spawn 3 cpu_spin }
    cgroup b { cpus = disjoint(1, 2); spawn 3 bursty(5ms, 5ms) }
    hold 20%
    scheduler start fair_one
    hold 20%
    expect sched.pid > 0
    scheduler replace also_fair
    hold 20%
    scheduler stop
    hold rest
    expect { isolated; gap <= 1.5s; no spread }
}
