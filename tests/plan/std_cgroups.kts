#! plan --topo 1n1l4c1t
# Cgroups and loads of the standard library.
use "std/cgroups.kts"
use "std/loads"

scenario alike { workers = 3; setup_cgroups(2); hold 10ms }
scenario spinning { setup_cgroups(1, 5, mixed); hold 10ms }
scenario diverse { empty_cgroups(6); spawn_diverse(6, 4); hold 10ms }
scenario loads {
    empty_cgroups(4)
    heavy(cg[0])
    light(cg[1])
    sparse(cg[2])
    every_class(cg[3], 1)
    hold 10ms
}
scenario counts {
    note "{whole_groups(4, 5)} {whole_groups(9, 5)} {whole_groups(10, 5)}"
    note "{round_up(4, 2)} {round_up(5, 2)} {round_up(1, 5)}"
    cgroup g { spawn 1 dense_bursts() }
    hold 10ms
}
scenario shuttles {
    setup_cgroups(1, 2)
    create away
    shuttle(cg[0], away, 3, 20ms)
    hold 10ms
}
