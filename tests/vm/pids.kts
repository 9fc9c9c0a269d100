#! vm numa=3 small=3
#! vm says BROKEN
#! vm says fork was refused after 1 of 4 workers .*pids_max|fork was refused after 1 of 4 workers .*pids\.max
# A group that is full takes no more workers.
scenario pids {
    duration = 300ms
    cgroup a { pids_max = 3; spawn 2 cpu_spin }
    hold 50%
    spawn 4 cpu_spin in a
    hold rest
    expect { gap <= 5s; no spread }
}
