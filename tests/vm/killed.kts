#! vm numa=3 small=4
#! vm says BROKEN|SKIP
# More memory than its group may have: the kernel kills workers, and that is noticed.
scenario killed {
    duration = 1s
    cgroup a { spawn 2 io_sync }
    hold 20%
    set a.memory_max = 64KiB
    spawn 4 io_sync in a
    hold rest
    expect { gap <= 5s; no spread }
}
