scenario probe {
    cgroup left { spawn 2 cpu_spin }
    cgroup right { spawn 2 cpu_spin }
    let a = 1s + 5 #! error[KTS0302]: a duration and an int have no '+'
    let b = 1s * 2s #! error[KTS0302]: a duration and a duration have no '*'
    let c = 50% + 1s #! error[KTS0302]: a percent and a duration have no '+'
    let d = all + usable #! error[KTS0302]: a cpuset and a cpuset have no '+'
    let e = "a" - "b" #! error[KTS0302]: a string and a string have no '-'
    let f = not 3 #! error[KTS0302]: 'not' wants a bool, not an int
    let g = -all #! error[KTS0302]: a cpuset cannot be negative
    let h = true + 1 #! error[KTS0302]: a bool and an int have no '+'
    let i = 1 and true #! error[KTS0302]: 'and' wants two bools, not an int and a bool
    let k = 3 | 4 #! error[KTS0302]: an int and an int have no '|'
    note "{a} {b} {c} {d} {e} {f} {g} {h} {i} {k}"
    hold 100ms
}
