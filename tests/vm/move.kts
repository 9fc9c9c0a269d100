#! vm numa=0 small=0
#! vm during [ "$(wc -l <a/cgroup.procs)" = 4 ]
#! vm during [ "$(wc -l <b/cgroup.procs)" = 4 ] && ! grep -q . a/cgroup.procs
#! vm during [ "$(wc -l <a/cgroup.procs)" = 1 ]
#! vm during [ "$(wc -l <a/cgroup.procs)" = 2 ] && [ "$(wc -l <b/cgroup.procs)" = 2 ]
# Tasks move: all, some, a share, by handle, out of the run and back.
scenario moves {
    duration = 2s
    cgroup a { cpus = cpus("0"); spawn 4 cpu_spin }
    cgroup b { cpus = cpus("1") }
    hold 15%
    move all from a to b
    expect b.tasks == 4 and a.tasks == 0
    hold 15%
    move 1 from b to a
    hold 15%
    move 34% from b to a
    expect a.tasks == 2
    hold 15%
    let crew = spawn 2 io_sync in a
    hold 10%
    move crew to b
    expect b.tasks == 4
    hold 10%
    move crew to host
    expect b.tasks == 2
    hold 10%
    stop crew
    hold rest
    expect { isolated; gap <= 5s; no spread }
}
