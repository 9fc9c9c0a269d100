#!/usr/bin/env -S ktstr exec
# The short name of nested_cgroup_steady, which says what fails here.

scenario nested_steady "Workers in nested cgroups" {
    category = "canned"
    settle = 2s

    create cg_0
    create cg_1
    create cg_1/sub_a
    cgroup cg_0/sub_a { spawn cpu_spin }
    cgroup cg_0/sub_b { spawn cpu_spin }
    cgroup cg_1/sub_b { spawn cpu_spin }
    cgroup cg_1/sub_a/deep { spawn cpu_spin }
    hold 100%
}
