#!/usr/bin/env -S ktstr exec
# Workers in the leaves of two trees, at two depths. A scheduler that flattens the
# hierarchy fails here: a leaf's share depends on how deep it lies.

scenario nested_cgroup_steady "Workers in nested cgroups" {
    category = "nested"
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
