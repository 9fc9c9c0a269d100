# Which members of a family exist is not known: they may come, go and have children in loops.
scenario families {
    for i in 0..3 { cgroup cell[i] { spawn 1 cpu_spin } }
    for i in 0..3 { create cell[i]/inner }
    hold 100ms
    for i in 0..3 { remove cell[i] }
    create cell[0]
    needs_nothing()
}
proc needs_nothing() { note "{topo.cpus}" }
# How many members a proc makes may not be known to the check.
proc members(n: int) { for i in 0..n { create some[i] } }
scenario made_by_a_proc { members(2); spawn 1 cpu_spin in some[1]; hold 1s }
