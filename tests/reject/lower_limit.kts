# A metric is to stay below its limit.
scenario s {
    cgroup a { spawn cpu_spin }
    hold 1s
    expect { gap >= 1s; spread > 10% }
    #!^ error[KTS0100]: 'gap' has an upper limit: `<=` or `<`
    #!^ error[KTS0100]: 'spread' has an upper limit: `<=` or `<`
    expect { gap == 1s; spread != 10% }
    #!^ error[KTS0100]: 'gap' has an upper limit: `<=` or `<`
    #!^ error[KTS0100]: 'spread' has an upper limit: `<=` or `<`
}
