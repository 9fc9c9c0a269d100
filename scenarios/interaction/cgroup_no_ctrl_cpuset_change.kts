#!/usr/bin/env -S ktstr exec
# As cgroup_cpuset_clear_midrun, without a cpu controller: cpusets are then all that
# tells the cgroups apart, and they go in mid-run.
use "std/partitions"

scenario cgroup_no_ctrl_cpuset_change "Cpusets cleared, without a cpu controller" {
    category = "interaction"
    requires no_ctrl

    split_half()

    step "halves" { hold 50% }
    step "free" {
        clear cg[0].cpus
        clear cg[1].cpus
        hold 50%
    }
    expect { isolated }
}
