# Kinds of work, counts, settings and handles.
param many: int = 4

scenario workers_of_all_kinds {
    workers = 3
    cgroup left {
        spawn cpu_spin
        spawn 2 yield_heavy
        spawn many mixed
        spawn (many * 2) io_sync
        spawn topo.cpus bursty
        spawn bursty(10ms, 20ms)
        spawn bursty(sleep: 20ms)
        spawn 2 cpu_spin { policy = batch; nice = 5; affinity = one }
        spawn 2 cpu_spin { policy = normal; affinity = inherit; nice = -20 }
        spawn 2 cpu_spin { policy = idle; affinity = random }
        spawn 2 cpu_spin { policy = fifo(1); affinity = random(2) }
        spawn 2 cpu_spin { policy = rr(99); affinity = spread }
        spawn 2 cpu_spin { policy = deadline(1ms, 10ms); affinity = llc_aligned }
        spawn 2 cpu_spin { affinity = spanning; name = "spanner" }
        spawn 2 cpu_spin { affinity = llc(0) }
    }
    let handle = spawn 2 cpu_spin in left
    let other: workers = spawn io_sync in host
    hold 50ms
    move handle to host
    hold 50ms
    stop handle
    stop other
    stop left
}
