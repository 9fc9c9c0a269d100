#! plan --topo 1n1l2c1t
# A scheduler is watched ten times a second; on paper that costs nothing, however long it lasts.
scheduler mine { exec = "mine" }
scenario long_watch {
    scheduler = mine
    cgroup a { spawn 1 cpu_spin }
    sleep 10000000min
}
