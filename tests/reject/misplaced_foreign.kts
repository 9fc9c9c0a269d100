scheduler odd_one { exec = "x" }
scenario other {
    scheduler = 3
    #!^ error[KTS0200]: `scheduler` names a scheduler that the file declares: `scheduler NAME { … }`
    flag x #! error[KTS0102]: a flag is declared at the top of the file
    payload y { exec = "x" } #! error[KTS0102]: a payload is declared at the top of the file
    metric z = "x" #! error[KTS0102]: a metric is declared in a payload
    extern hook w() #! error[KTS0102]: a hook is declared at the top of the file
    flag llc { args = ["x"] }
    #!^ error[KTS0102]: a flag's arguments stand in a scheduler; `flag NAME "…"` declares one
    extern work v() #! error[KTS0102]: a worker's body is declared at the top of the file
    scheduler u { exec = "x" } #! error[KTS0102]: a scheduler is declared at the top of the file
    step "one" { requires llc; excludes llc }
    #!^ error[KTS0102]: `requires` stands directly in a scenario
    #!^ error[KTS0102]: `excludes` stands directly in a scenario
    hold 100ms
}
requires llc #! error[KTS0102]: `requires` stands directly in a scenario
