#! plan --topo 1n2l2c1t
# Schedulers that change under load.
payload noise { exec = "sh"; args = ["-c", "exit 0"] }
scheduler former { exec = "scx_first" }
scheduler latter { exec = "scx_second"; attach_timeout = 3s }

scenario changing {
    run noise
    cgroup left { spawn 2 cpu_spin }
    hold 100ms
    scheduler start former
    hold 100ms
    scheduler replace latter
    hold 100ms
    scheduler stop
    hold 100ms
}

scenario set_and_replaced {
    scheduler = former
    cgroup left { spawn 2 cpu_spin }
    hold 100ms
    scheduler replace latter
    hold 100ms
}

scenario nothing_to_stop {
    cgroup left { spawn 2 cpu_spin }
    hold 100ms
    scheduler stop
}

scenario already_there {
    scheduler = former
    cgroup left { spawn 2 cpu_spin }
    hold 100ms
    scheduler start latter
}
