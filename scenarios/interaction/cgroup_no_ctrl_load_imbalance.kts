#!/usr/bin/env -S ktstr exec
# As cgroup_load_imbalance, without a cpu controller: a scheduler that takes weights
# from there sees seventeen equal tasks, and has no reason to favour the yielder.
use "std/cgroups"
use "std/loads"

scenario cgroup_no_ctrl_load_imbalance "Heavy and light, without a cpu controller" {
    category = "interaction"
    requires no_ctrl, rebal

    empty_cgroups(2)
    heavy(cg[0])
    light(cg[1])
    hold 100%
}
