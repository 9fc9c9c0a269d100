fn single() -> int = 1
fn group() -> cgroup = 1 #! error[KTS0300]: a fn is pure and cannot give a cgroup
#!^ error[KTS0300]: the value of this fn is a cgroup, but this is an int
fn set_of(set: cpuset) -> cpuset = size(set) #! error[KTS0300]: the value of this fn is a cpuset, but this is an int
proc fill(g: cgroup, n: int = "x") { #! error[KTS0300]: the default of this parameter is an int, but this is a string
    spawn n cpu_spin in g
    step "no" { } #! error[KTS0103]: a step stands directly in its scenario
    expect { gap <= 1s }
    #!^ error[KTS0102]: limits hold for a whole block and cannot stand inside an `if`, a loop or a proc
}
scenario probe {
    cgroup g { }
    single() #! error[KTS0212]: 'single' is no proc; its value would be lost
    let _a = fill(g) + 1 #! error[KTS0212]: 'fill' is a proc and gives no value: call it on a line of its own
    fil(g) #! error[KTS0200]: there is no proc 'fil'; did you mean 'fill'?
    fill(3) #! error[KTS0300]: argument `g` of fill() is a cgroup, but this is an int
    fill() #! error[KTS0303]: 'fill' lacks its argument g
    fill(g, 1, 2) #! error[KTS0303]: 'fill' has fewer arguments
    fill(g, m: 2) #! error[KTS0303]: 'fill' has no parameter m
    let _b = single #! error[KTS0210]: 'single' is called with its arguments: `single(…)`
    let _c = set_of(all) | group()
    #!^ error[KTS0302]: a cpuset and a cgroup have no '|'
    hold 1s
    fn inner() -> int = 1 #! error[KTS0102]: a fn is declared at the top of the file
}
