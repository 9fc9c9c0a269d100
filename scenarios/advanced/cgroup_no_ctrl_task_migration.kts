#!/usr/bin/env -S ktstr exec
# Running tasks move between two cgroups nine times, without a cpu controller. A
# scheduler that keeps its own books per cgroup fails here when a task is left in
# the old one's: it is served twice, or never again.
use "std/cgroups"

scenario cgroup_no_ctrl_task_migration "Tasks go to and fro, without a cpu controller" {
    category = "advanced"
    requires no_ctrl

    cgroup cg_0 { spawn cpu_spin }
    cgroup cg_mobile { spawn cpu_spin }
    create cg_1

    step "at rest" { hold 2s }
    step "to and fro" { shuttle(cg_mobile, cg_1, 9, duration / 10) }
    step "away" { hold 10% }
}
