# The same of ops that repeat, move and wait.
scenario probe {
    timeout = 1s - 1s * topo.cpus #! error[KTS0400]: `timeout` is more than nothing
    cgroup left { spawn cpu_spin }
    cgroup right { }
    repeat every 1ms - 1s * topo.llcs for 100ms { move (0 - topo.cpus) from left to right }
    #!^ error[KTS0400]: the period of a repeat is more than nothing
    #!^ error[KTS0400]: at least one task is moved
    repeat 3 - 5 * topo.nodes times { note "never" }
    #!^ error[KTS0400]: something is repeated at least once
    for j in topo.cpus..0 { note "never" } #! error[KTS0403]: this range is empty: it never runs
    move (150% + 1% / topo.cpus) from left to right
    #!^ error[KTS0400]: a share of the tasks is more than 0% and at most 100%
    let set = range(50% * topo.cpus, 10%) | slice(all, 5000 + topo.cpus, 2) | first(all, 5000 * topo.smt)
    #!^ error[KTS0403]: this range ends before it begins
    #!^ error[KTS0400]: a position is from 0 to 4095
    #!^ error[KTS0403]: this slice is empty on every machine
    #!^ error[KTS0400]: the number of CPUs is from 1 to 4096
    expect left.cpus == set and llc(9000) == overlap(0, 2, 200% * topo.cpus)
    #!^ error[KTS0400]: the number is from 0 to 4095
    #!^ error[KTS0400]: the overlap is from 0% to 100%
    await left.tasks == 0 timeout 1s - 2s * topo.cpus #! error[KTS0400]: a timeout is not negative
}
