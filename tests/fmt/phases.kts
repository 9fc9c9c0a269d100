# `sleep` is a statement, a phase, and a parameter.
scenario s {
    cgroup a{spawn sequence(spin( 1ms ),sleep (2ms) ,yield(1ms))
        spawn bursty(sleep :2ms) {mempolicy=bind( 0,1 );mempolicy_flags=static|numa_balancing}}
    sleep(2ms)
    sleep (1ms+2ms)
}
