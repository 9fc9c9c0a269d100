extern hook probe(n: int, pause: duration = 5ms) -> int
extern hook poke()
extern work churn(n: int)
payload fio { exec = "x" }
scheduler mine { exec = "x" }
let early = custom probe(1)
#!^ error[KTS0102]: a hook is called while a scenario runs, not in a value of the whole file
fn pure() -> int = custom probe(1)
#!^ error[KTS0102]: a hook is called while a scenario runs, not in a fn, which is pure
scenario s {
    cgroup left { spawn 2 churn("x"); spawn churn; spawn 2 churn(1, 2) }
    #!^ error[KTS0300]: argument `n` of churn() is an int, but this is a string
    #!^ error[KTS0303]: 'churn' lacks its argument n
    #!^ error[KTS0303]: 'churn' has fewer arguments
    custom probe() #! error[KTS0303]: 'probe' lacks its argument n
    custom probe(1, 2)
    #!^ error[KTS0301]: argument `pause` of probe() is a duration and needs its unit
    custom prob(1) #! error[KTS0200]: there is no hook 'prob'; did you mean 'probe'?
    custom fio() #! error[KTS0200]: there is no hook 'fio'
    let x = custom poke()
    #!^ error[KTS0212]: the hook 'poke' gives no value: call it on a line of its own
    probe(1) #! error[KTS0212]: 'probe' is no proc; its value would be lost
    churn(1) #! error[KTS0212]: 'churn' is no proc; its value would be lost
    let y = probe(1) #! error[KTS0210]: 'probe' is not a function
    let z = fio #! error[KTS0210]: 'fio' is a payload: `run fio` starts it
    let v = mine
    #!^ error[KTS0210]: 'mine' is a scheduler: `scheduler = mine` is a setting of a scenario
    let w = probe #! error[KTS0210]: 'probe' is a hook: `custom probe(…)` calls it
    run fio as r
    let u = r #! error[KTS0210]: 'r' is a running payload: `wait r` waits for its end
    hold 100ms
    expect early + pure() + x + y + z + v + w + u > 0
}
