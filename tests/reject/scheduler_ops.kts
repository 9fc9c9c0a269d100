# Ops on schedulers: the verbs, and whose names they take.
payload other { exec = "x" }
scheduler mine { exec = "x" }
scenario ops {
    scheduler begin mine #! error[KTS0100]: expected 'start', 'replace' or 'stop', found 'begin'
    scheduler start min #! error[KTS0200]: `scheduler` names a declared scheduler; did you mean 'mine'?
    scheduler replace other
    #!^ error[KTS0200]: `scheduler` names a scheduler that the file declares: `scheduler NAME { … }`
    cgroup left { spawn 2 cpu_spin }
    hold 100ms
    scheduler stop mine #! error[KTS0100]: expected the end of the statement, found 'mine'
}
