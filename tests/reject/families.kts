# A family has members, counted from 0; nothing else has.
proc fill(g: cgroup) {
    spawn cpu_spin in g
    expect g[0].tasks == 1 #! error[KTS0302]: 'g' is one cgroup, not a family
}

scenario s {
    let n = 3 #! warning[KTS0204]: 'n' is never used
    cgroup lone { spawn cpu_spin }
    for i in 0..2 {
        cgroup cell[i] { spawn cpu_spin }
    }
    fill(lone)
    hold 1s
    expect lone[0].tasks == 1 #! error[KTS0201]: there is no cgroup 'lone' here
    expect cell[-1].tasks == 1 #! error[KTS0400]: cgroups of a family are counted from 0
    expect cell[0] == 1 #! error[KTS0210]: this is a cgroup, not a value
    expect cell == 1 #! error[KTS0210]: 'cell' is a cgroup, not a value
    expect lone == 1 #! error[KTS0210]: 'lone' is a cgroup, not a value
    expect n[0] == 1 #! error[KTS0302]: only a family of cgroups has members: `cell[i]`
    expect (1 + 2)[0] == 1 #! error[KTS0302]: only a family of cgroups has members: `cell[i]`
}
