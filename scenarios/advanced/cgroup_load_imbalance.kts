#!/usr/bin/env -S ktstr exec
# Heavy beside light: sixteen that never stop, and one that yields all the time. A
# scheduler that puts a yielder behind everybody else starves it here.
use "std/cgroups"
use "std/loads"

scenario cgroup_load_imbalance "A heavy cgroup beside a light one" {
    category = "advanced"
    requires rebal

    empty_cgroups(2)
    heavy(cg[0])
    light(cg[1])
    hold 100%
}
