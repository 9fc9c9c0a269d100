#! vm numa=0 small=0
#! vm during [ "$(cat a/cpu.weight)" = 200 ] && [ "$(cat a/cpu.max)" = "50000 100000" ] && [ "$(cat a/pids.max)" = 5 ] && [ "$(cat b/cpu.idle)" = 1 ]
#! vm during [ "$(cat a/cpu.weight)" = 100 ] && [ "$(cat a/cpu.max)" = "max 100000" ] && [ "$(cat a/pids.max)" = max ] && [ "$(cat b/cpu.idle)" = 0 ]
#! vm during [ "$(cat a/cpu.max)" = "150000 100000" ] && [ "$(cat a/cpu.weight)" = 10000 ]
# What the cpu and pids controllers offer, set and cleared.
scenario knobs {
    duration = 1s
    cgroup a { weight = 200; quota = 50%; pids_max = 5; spawn 2 cpu_spin }
    cgroup b { idle = true; spawn cpu_spin }
    hold 30%
    clear a.weight
    clear a.quota
    clear a.pids_max
    clear b.idle
    hold 30%
    set a.quota = 150%
    set a.weight = 10000
    hold rest
    expect { isolated; gap <= 5s; no spread; no not_starved }
}
