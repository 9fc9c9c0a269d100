scenario probe {
    cgroup left { spawn 2 cpu_spin }
    cgroup right { spawn 2 cpu_spin }
    if topo.cpus > 2 && true { note "and" } #! error[KTS0002]: this operator is written `and`
    if topo.cpus > 2 || true { note "or" } #! error[KTS0002]: this operator is written `or`
    if !true { note "not" } #! error[KTS0002]: this operator is written `not`
    let a = 1 § 2 #! error[KTS0002]: '§' has no meaning outside a string or a comment
    let b = 1 $ 2 #! error[KTS0002]: '$' has no meaning outside a string or a comment
    hold 100ms @ #! error[KTS0002]: '@' has no meaning outside a string or a comment
}
