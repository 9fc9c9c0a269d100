#! vm numa=0 small=0
# Sixty groups at once, below two others.
scenario many {
    duration = 500ms
    settle = 10ms
    create outer
    create outer/middle
    for i in 0..60 {
        cgroup outer/middle/cell[i] { cpus = cpus("0-1"); spawn 1 bursty(1ms, 100ms) }
    }
    hold 50%
    for i in 0..60 { set outer/middle/cell[i].cpus = nth(all, i % 2) }
    hold rest
    expect { isolated; gap <= 10s; no spread; no not_starved }
}
