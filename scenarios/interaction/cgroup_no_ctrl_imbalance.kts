#!/usr/bin/env -S ktstr exec
# Two tasks commute between cgroups beside a heavy one, without a cpu controller. A
# scheduler fails here when it notices only at the next wake-up, which never comes,
# that they have moved.
use "std/cgroups"
use "std/loads"

scenario cgroup_no_ctrl_imbalance "Tasks move during imbalance, without a cpu controller" {
    category = "interaction"
    requires no_ctrl, borrow

    cgroup cg_heavy { spawn 6 cpu_spin }
    cgroup cg_mobile { spawn 2 cpu_spin }
    cgroup cg_light { spawn 2 sparse_bursts() }
    create cg_overflow

    step "at rest" { hold settle }
    step "to and fro" { shuttle(cg_mobile, cg_overflow, 5, duration / 6) }
    step "away" { hold duration / 6 }
}
