#!/usr/bin/env -S ktstr exec
# The bursty cgroup is the heavy one: its load comes and goes in waves of a quarter
# of a second. A scheduler that rebalances at each wave fails here: the steady ones
# are pushed around and lose more than the waves take.

scenario cgroup_bursty_load_shift "Bursty and heavy beside steady and light" {
    category = "advanced"
    requires rebal

    cgroup cg_0 { spawn 12 bursty(200ms, 50ms) }
    cgroup cg_1 { spawn 4 cpu_spin { swappable = true } }
    hold 100%
}
