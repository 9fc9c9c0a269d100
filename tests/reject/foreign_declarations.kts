flag llc #! error[KTS0202]: the flag 'llc' is there in every file
flag mine "x" requires later #! error[KTS0213]: there is no flag 'later'
flag later
flag later #! error[KTS0202]: the flag 'later' is declared already
flag two requires llc, llc #! error[KTS0202]: 'llc' is in this list already
extern hook h(w: work, n: workers, a: affinity) -> policy
#!^ error[KTS0300]: a hook takes numbers, times, sizes, shares, bools, strings, CPU sets and cgroups, not a work
#!^ error[KTS0300]: a hook takes numbers, times, sizes, shares, bools, strings, CPU sets and cgroups, not workers
#!^ error[KTS0300]: a hook takes numbers, times, sizes, shares, bools, strings, CPU sets and cgroups, not an affinity
#!^ error[KTS0300]: a hook cannot give a policy
extern work w(name: string, set: cpuset) -> int
#!^ error[KTS0300]: a worker's body takes numbers, times, sizes, shares and bools, not a string
#!^ error[KTS0300]: a worker's body takes numbers, times, sizes, shares and bools, not a cpuset
#!^ error[KTS0100]: a worker's body gives no value
extern work many(a: int, b: int, c: int, d: int, e: int)
#!^ error[KTS0303]: a C function is given at most 4 parameters
extern hook lots(a: int, b: int, c: int, d: int, e: int, f: int, g: int, h: int, i: int)
#!^ error[KTS0303]: a C function is given at most 8 parameters
extern thing x() #! error[KTS0100]: expected 'hook' or 'work', found 'thing'
extern hook twice(a: int, a: int = "x")
#!^ error[KTS0202]: 'a' is declared already
#!^ error[KTS0300]: the default of this parameter is an int, but this is a string

scenario probe {
    scheduler = odd_on
    #!^ error[KTS0200]: `scheduler` names a scheduler that the file declares: `scheduler NAME { … }`
    cgroup left { spawn 2 cpu_spin }
    hold 100ms
}
