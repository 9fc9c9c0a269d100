# What a turn of a loop ends or creates is so in the next one.
proc make(g: cgroup) {
    create g #! error[KTS0500]: 'g' stands for a cgroup that exists already
}

scenario s {
    cgroup a { spawn cpu_spin }
    cgroup b { spawn cpu_spin }
    repeat every 100ms for 500ms {
        expect a.tasks == 1 #! warning[KTS0502]: cgroup 'a' is gone when this runs again
        remove a
    }
    repeat every 100ms for 500ms { create c }
    #!^ warning[KTS0502]: cgroup 'c' exists already when this runs again
    repeat 2 times { create d } #! error[KTS0500]: the second turn creates cgroup 'd' again
    if topo.cpus > 1 { create e }
    create e #! warning[KTS0502]: cgroup 'e' may exist already
    make(b)
    cgroup outer {
        cgroup inner { spawn cpu_spin }
        #!^ error[KTS0102]: inside the block of 'outer' a nested cgroup is written `outer/inner`
    }
    hold 1s
}
