#!/usr/bin/env -S ktstr exec
# A messenger wakes four receivers at once, beside one worker that computes for every
# CPU. A scheduler fails here when it stacks all that are woken together on the
# waker's CPU.
use "std/loads"

scenario fan_out_wake "One wakes four, beside computing" {
    category = "performance"
    requires borrow

    cgroup cg_0 { spawn (whole_groups(workers, 5)) futex_fan_out(4, 1024) }
    cgroup cg_1 { spawn topo.cpus cpu_spin }
    hold 100%

    expect { wake_cv <= 10.0; spread <= 50% }
}
