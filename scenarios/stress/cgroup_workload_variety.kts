#!/usr/bin/env -S ktstr exec
# Five cgroups that each do something else: compute, burst, write, compute and
# yield, only yield. A scheduler that is tuned for one of them starves another;
# most often the quiet ones, by the interactivity that it grants to yielders.
use "std/cgroups"

scenario cgroup_workload_variety "Five cgroups, five kinds of work" {
    category = "stress"
    needs topo.cpus >= 6

    empty_cgroups(5)
    spawn_diverse(5)
    hold 100%
}
