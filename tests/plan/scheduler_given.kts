#! plan --scheduler ./scx_given --scheduler-arg --slice --scheduler-arg 5ms
# The command line's scheduler comes first, goes last, and gives way to a scenario's own.
scenario has_none {
    cgroup a { spawn 2 cpu_spin }
    hold 500ms
}

scheduler mine { exec = "./scx_mine" }

scenario has_its_own {
    scheduler = mine
    cgroup a { spawn 2 cpu_spin }
    hold 500ms
}

scenario starts_one {
    cgroup a { spawn 2 cpu_spin }
    hold 500ms
    scheduler start mine
    hold 500ms
}
