# Only functions are called, and each with its arguments.
fn single() -> int = 1

scenario s {
    let n = 3
    cgroup a { cpus = usable(1); spawn (n(2)) cpu_spin }
    #!^ error[KTS0303]: 'usable' takes no arguments
    #!^ error[KTS0210]: 'n' is not a function
    set a.cpus = nosuchthing(1) #! error[KTS0200]: there is no function 'nosuchthing'
    set a.cpus = llc #! error[KTS0303]: 'llc' lacks its argument i
    hold single * 1s #! error[KTS0210]: 'single' is called with its arguments: `single(…)`
    nosuchproc(1) #! error[KTS0200]: there is no proc 'nosuchproc'
    hold 1s
}
