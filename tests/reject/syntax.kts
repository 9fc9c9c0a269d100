scenario probe {
    cgroup left { spawn 2 cpu_spin }
    cgroup right { spawn 2 cpu_spin } #! warning[KTS0603]: these workers get no time to run
    move 3 left to right #! error[KTS0100]: expected 'from' or 'to', found 'left'
    move 3 from left #! error[KTS0100]: expected 'to' or '/' or '[', found the end of the statement
    hold #! error[KTS0100]: expected an expression or 'rest', found the end of the statement
    set left.cpus disjoint(0, 2) #! error[KTS0100]: expected '=', found 'disjoint'
    set left = all #! error[KTS0100]: expected '/' or '.' or '[', found '='
    spawn 4 #! error[KTS0100]: expected a name or '.', found the end of the statement
    repeat 100ms { } #! error[KTS0100]: expected 'times', found '{'
    for i in 3 { } #! error[KTS0100]: expected '..', found '{'
    swap left.cpus #! error[KTS0100]: expected ',', found the end of the statement
    let = 3 #! error[KTS0100]: expected a name, found '='
    let a #! error[KTS0100]: expected '=' or ':', found the end of the statement
    if { } #! error[KTS0100]: expected an expression, found '{'
    step { } #! error[KTS0100]: expected a string, found '{'
    step late { } #! error[KTS0100]: expected a string, found 'late'
    skip #! error[KTS0100]: expected a string, found the end of the statement
    clear left #! error[KTS0100]: expected '/' or '.' or '[', found the end of the statement
    expect { gap 2s }
    #!^ error[KTS0100]: expected the end of the statement or a name or '==' or '!=' or '<=', found a time
    hold 1s 2s #! error[KTS0100]: expected the end of the statement, found a time
    needs #! error[KTS0100]: expected an expression, found the end of the statement
}
