#! vm numa=0 small=0
#! vm during [ "$(cat a/cpuset.cpus)" = 0 ] && [ "$(cat b/cpuset.cpus)" = 1 ]
#! vm during [ "$(cat a/cpuset.cpus)" = 1 ] && [ "$(cat b/cpuset.cpus)" = 0 ]
#! vm during [ -z "$(cat a/cpuset.cpus)" ] && [ "$(cat c/cpuset.cpus)" = 1 ]
#! vm during [ "$(cat a/cpuset.cpus)" = 1 ] && [ -z "$(cat c/cpuset.cpus)" ]
# Sets change places, an empty one too, and many times.
scenario swaps {
    duration = 2s
    cgroup a { cpus = cpus("0"); spawn cpu_spin }
    cgroup b { cpus = cpus("1"); spawn cpu_spin }
    cgroup c { spawn cpu_spin }
    hold 15%
    swap a.cpus, b.cpus
    hold 15%
    swap a.cpus, c.cpus
    expect a.cpus == all
    hold 15%
    swap c.cpus, a.cpus
    hold 15%
    repeat every 150ms as i {
        swap a.cpus, b.cpus
        if i % 3 == 2 { swap b.cpus, c.cpus }
    }
    expect { isolated; gap <= 5s; no spread }
}
