#! vm numa=0 small=0
#! vm during [ -d outer/inner/core ]
#! vm during [ ! -e outer/inner/core ] && [ -d outer/inner ]
#! vm during [ ! -e outer ] && [ -d cell_1 ]
#! vm during [ -d outer ] && [ ! -e outer/inner ]
# Groups come, nest, go and come again.
scenario groups {
    duration = 3s
    create outer
    create outer/inner
    create outer/inner/core
    spawn 2 cpu_spin in outer/inner/core
    hold 15%
    remove outer/inner/core
    hold 10%
    remove outer
    scope {
        for i in 0..3 { cgroup cell[i] { spawn cpu_spin } }
        hold 15%
    }
    cgroup outer { spawn cpu_spin }
    step "late" { cgroup late { spawn 2 mixed }; hold rest }
    expect { isolated; gap <= 5s; no spread }
}
