#! vm numa=0 small=0
# Every kind of work, each in a set of its own.
scenario work_kinds {
    duration = 1s
    cgroup first { cpus = cpus("0"); spawn 2 cpu_spin; spawn 2 yield_heavy; spawn 2 mixed }
    cgroup second { cpus = cpus("1"); spawn 2 io_sync; spawn 2 bursty(10ms, 10ms) }
    cgroup odd {
        spawn cpu_spin { policy = batch; nice = 5 }
        spawn cpu_spin { policy = idle; affinity = spanning }
        spawn bursty(2ms, 50ms) { policy = fifo(1) }
        spawn bursty(2ms, 50ms) { policy = rr(2); affinity = one }
        spawn cpu_spin { policy = deadline(5ms, 50ms) }
    }
    hold 100%
    expect { isolated; gap <= 10s; no spread }
    expect for odd { no not_starved }
}
