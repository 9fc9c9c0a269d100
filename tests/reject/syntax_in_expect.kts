scenario probe {
    cgroup left { spawn 2 cpu_spin }
    cgroup right { spawn 2 cpu_spin }
    hold 100ms
    expect { gap <= } #! error[KTS0100]: expected an expression, found the end of the statement
    expect { gap <= 2s; spread < ; isolated }
    #!^ error[KTS0100]: expected an expression, found the end of the statement
    note "these lines are well"
    expect { gap } #! error[KTS0100]: 'gap' needs a limit: `gap <= 250ms`
    hold 100ms
}
