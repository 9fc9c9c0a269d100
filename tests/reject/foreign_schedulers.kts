payload json { exec = "x"; output = "json"; metric a = "" }
#!^ error[KTS0407]: the path of a number is like "jobs.0.read.iops"
scheduler empty { } #! error[KTS0109]: a scheduler needs `exec = "…"`, the program to start
scheduler odd_one {
    exec = "x"
    timeout = 3s #! error[KTS0104]: a scheduler has no setting 'timeout'
    flag nothing { args = ["x"] } #! error[KTS0213]: there is no flag 'nothing'
    flag llc { exec = "x"; metric a = "x" }
    #!^ error[KTS0104]: a scheduler's flag has no setting 'exec'
    #!^ error[KTS0102]: a scheduler's flag has `args` and nothing else
    metric a = "x" #! error[KTS0102]: a scheduler holds settings, flags and `expect { }`
    hold 3s #! error[KTS0102]: a scheduler holds settings, flags and `expect { }`
}
scenario probe {
    scheduler = odd_on
    #!^ error[KTS0200]: `scheduler` names a declared scheduler; did you mean 'odd_one'?
    cgroup left { spawn 2 cpu_spin }
    hold 100ms
}
