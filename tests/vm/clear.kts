#! vm numa=0 small=0
#! vm during [ "$(cat outer/inner/cpuset.cpus)" = 1 ] && [ "$(cat outer/cpuset.cpus)" = 0-1 ]
#! vm during [ -z "$(cat outer/inner/cpuset.cpus)" ] && [ "$(cat outer/inner/cpuset.cpus.effective)" = 0-1 ]
#! vm during [ -z "$(cat outer/cpuset.cpus)" ] && [ "$(cat outer/inner/cpuset.cpus.effective)" = "$(cat cpuset.cpus.effective)" ]
# A set that is cleared is the parent's again, whatever that is.
scenario clears {
    duration = 1200ms
    cgroup outer {
        cpus = cpus("0-1")
        cgroup outer/inner { cpus = cpus("1"); spawn 2 cpu_spin }
    }
    hold 30%
    clear outer/inner.cpus
    expect outer/inner.cpus == cpus("0-1")
    hold 30%
    clear outer.cpus
    expect outer/inner.cpus == all
    hold rest
    expect { isolated; gap <= 5s; no spread }
}
