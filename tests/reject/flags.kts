flag fast requires llc
scenario probe {
    requires fast, fsat #! error[KTS0213]: there is no flag 'fsat'; did you mean 'fast'?
    excludes rebal, llc
    #!^ error[KTS0214]: the flag 'llc' is required, too: this scenario could never run
    excludes nothing_like_it #! error[KTS0213]: there is no flag 'nothing_like_it'
    requires borrow, borrow #! error[KTS0202]: 'borrow' is in this list already
    cgroup left { spawn 2 cpu_spin }
    hold 100ms
}
