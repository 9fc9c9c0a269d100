#!/usr/bin/env -S ktstr exec
# A cgroup with hardly anything to do beside an overloaded one. A scheduler that
# divides time by tasks lets the single worker drown; one that reserves it half of
# the machine leaves CPUs idle beside full queues.

scenario cgroup_idle_overloaded "A near-idle cgroup beside an overloaded one" {
    category = "advanced"
    requires borrow

    cgroup cg_0 { spawn 16 cpu_spin { swappable = true } }
    cgroup cg_1 { spawn 1 cpu_spin { swappable = true } }
    hold 100%
}
