#!/usr/bin/env -S ktstr exec
# Workers two and three levels down, without a cpu controller. A scheduler that reads
# the hierarchy from the controller sees one flat group here, or nothing.

scenario nested_cgroup_no_ctrl "Nested cgroups, without a cpu controller" {
    category = "advanced"
    requires no_ctrl

    create cg_0
    create cg_0/sub_a
    create cg_1
    cgroup cg_0/sub_a/deep { spawn cpu_spin }
    cgroup cg_1/sub_b { spawn cpu_spin }
    hold 100%
}
