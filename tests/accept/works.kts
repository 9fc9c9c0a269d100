# Every kind of work, groups of workers, sequences, and where memory comes from.
param four: int = 4
let both = static | numa_balancing
let pair = pipe_io

fn phases(length: duration) -> work = sequence(spin(length), sleep(length / 2), yield(20us))
fn nearby(n: int) -> mempolicy = preferred(n)

proc fill(g: cgroup, w: work = sequence(io(10ms)), m: mempolicy = local) {
    spawn 2 w in g { mempolicy = m }
}

scenario every_kind {
    cgroup left {
        spawn 2 pipe_io
        spawn 4 pipe_io(burst_iters: 0)
        spawn 2 futex_ping_pong(100)
        spawn 2 cache_pressure(size: 1MiB, stride: 4KiB)
        spawn 2 cache_yield(64KiB)
        spawn 6 cache_pipe(32KiB, 10)
        spawn 5 futex_fan_out
        spawn 6 futex_fan_out(2)
        spawn (four + 2) futex_fan_out(four)
        spawn 9 fan_out_compute(fan_out: 8, footprint: 64KiB, operations: 1, sleep: 0s)
        spawn 1 fork_exit
        spawn 1 nice_sweep
        spawn 1 affinity_churn(64)
        spawn 1 policy_churn
        spawn 1 page_fault_churn(region: 64KiB, touches: 16, spin_iters: 0)
        spawn 8 mutex_contention
        spawn 3 mutex_contention(contenders: 3, hold_iters: 1, work_iters: 1)
        spawn mutex_contention(7)
        spawn 4 pair
        spawn sequence(spin(100ms), sleep(50ms), yield(20ms), io(10ms))
        spawn phases(4ms)
    }
    fill(left)
    fill(left, phases(1ms), nearby(0))
    hold 50ms
}

scenario every_mempolicy {
    cgroup left {
        spawn cpu_spin { mempolicy = bind(0); mempolicy_flags = static }
        spawn cpu_spin { mempolicy = bind(0, 1, 2, 3, 4, 5, 6, 7); mempolicy_flags = both }
        spawn cpu_spin { mempolicy = preferred(node: 1) }
        spawn cpu_spin { mempolicy = interleave(0, 1); mempolicy_flags = relative }
        spawn cpu_spin { mempolicy = local; swappable = true }
        spawn cpu_spin { mempolicy = preferred_many(0, 1) }
        spawn cpu_spin { mempolicy = weighted_interleave(1); swappable = four == 4 }
        spawn cpu_spin { mempolicy = nearby(four); mempolicy_flags = static | static }
    }
    hold 50ms
}
