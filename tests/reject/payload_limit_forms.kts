# What a payload's limits may be about.
payload fio {
    exec = "fio"
    output = "json"
    metric iops = "jobs.0.read.iops"
    expect for left { exit_code == 0 }
    #!^ error[KTS0100]: a payload's limits are about the payload itself: `expect { … }`
    expect { iops >= 10 for 1s; no iops }
    #!^ error[KTS0100]: a payload's metric is one figure per run
    #!^ error[KTS0100]: only `exit_code` is judged unless told; leave this line out
}

scenario s {
    cgroup left { spawn cpu_spin }
    run fio in left
    wait fio
}
