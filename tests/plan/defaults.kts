#! plan --topo 1n1l4c1t
#! plan --topo 1n1l4c1t --duration 300ms --workers 5 --settle 0s
# The command line wins over the scenario, the scenario over the defaults.
scenario by_default {
    cgroup a { spawn cpu_spin }
    note "{duration} {settle} {workers}"
    hold 50%
}
scenario by_itself {
    duration = 1s
    settle = 20ms
    workers = 3
    cgroup a { spawn cpu_spin }
    note "{duration} {settle} {workers}"
    hold 50%
}
