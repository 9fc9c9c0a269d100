#! vm numa=0 small=0
#! vm during [ -e with/inner/cpu.weight ]
#! vm during [ -d without/inner ] && [ ! -e without/cpu.weight ] && [ ! -e without/inner/cpu.weight ] && [ -e without/inner/cpuset.cpus ] && ! grep -qw cpu cgroup.subtree_control
#! vm during [ -e again/inner/cpu.weight ]
#! vm says SKIP weighed
#! vm says weight is not available: this runs without the cpu controller
# Groups have the cpu controller, but not where the flag no_ctrl leaves it off.
scenario first {
    cgroup with { spawn cpu_spin }
    cgroup with/inner { weight = 50; spawn cpu_spin }
    hold 700ms
    expect { isolated; gap <= 5s; no spread; no not_starved }
}

scenario second {
    requires no_ctrl
    cgroup without { cpus = first(all, 1); spawn cpu_spin }
    cgroup without/inner { spawn cpu_spin }
    hold 700ms
    expect { isolated; gap <= 5s; no spread; no not_starved }
}

scenario weighed {
    requires no_ctrl
    cgroup a { weight = 50; spawn cpu_spin }
    hold 100ms
}

scenario third {
    cgroup again { spawn cpu_spin }
    cgroup again/inner { weight = 50; spawn cpu_spin }
    hold 700ms
    expect { isolated; gap <= 5s; no spread; no not_starved }
}
