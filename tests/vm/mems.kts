#! vm numa=0 small=4
#! vm during [ "$(cat a/cpuset.mems)" = 1 ] && [ "$(cat a/cpuset.mems.effective)" = 1 ]
#! vm during [ -z "$(cat a/cpuset.mems)" ] && [ "$(cat a/cpuset.mems.effective)" = 0-1 ]
#! vm during [ "$(cat a/cpuset.mems)" = 0 ] && [ "$(cat b/cpuset.mems)" = 0-1 ]
# Memory nodes by the CPUs next to them.
scenario mems {
    duration = 1s
    needs topo.nodes >= 2
    cgroup a { cpus = node(0); mems = node(1); spawn 2 cpu_spin }
    cgroup b { mems = all; spawn cpu_spin }
    hold 30%
    clear a.mems
    hold 30%
    set a.mems = llc(0)
    hold rest
    expect { isolated; gap <= 5s; no spread }
}
