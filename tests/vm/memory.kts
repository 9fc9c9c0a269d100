#! vm numa=0 small=4
#! vm during [ "$(cat a/memory.max)" = 67108864 ] && [ "$(cat a/memory.high)" = 33554432 ]
#! vm during [ "$(cat a/memory.max)" = max ] && [ "$(cat a/memory.high)" = max ]
# The small machine boots without the memory controller: this is then a skip that says so.
scenario memory {
    duration = 600ms
    cgroup a { memory_max = 64MiB; memory_high = 32MiB; spawn 2 io_sync }
    hold 50%
    clear a.memory_max
    clear a.memory_high
    hold rest
    expect { isolated; gap <= 5s; no spread }
}
