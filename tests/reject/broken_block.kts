# After a broken line, what its block holds is read for its own mistakes only.
scenaro broken { #! error[KTS0101]: there is no statement 'scenaro'; did you mean 'scenario'?
    duration = 1s
    fn inner(n: int) -> int = n
    spawn 2 cpu_spin
    hold 0.5 #! error[KTS0301]: the length of a hold is a duration and needs its unit
}
