# One scenario of each verdict, none of which a busy machine can change.
extern hook missing()

scenario passes "All is well" {
    duration = 300ms
    settle = 0s
    cgroup left {
        spawn 2 cpu_spin
    }
    step "one" {
        hold 40%
    }
    step "two: a<b> & \"c\" #1" {
        cgroup late {
            spawn bursty(2ms, 3ms)
        }
        hold rest
    }
    note "50% <done> | #2"
    expect {
        no gap
        no not_starved
        isolated
        no spread
    }
}

scenario fails "A check fails" {
    cgroup left {
        spawn cpu_spin
    }
    hold 20ms
    expect {
        no gap
        no not_starved
        isolated
        no spread
    }
    fail "on purpose: 100% <b>&amp; | #3, ::error::x"
}

scenario skips {
    needs topo.cpus > 4096 "a larger machine"
    sleep 1ms
}

scenario breaks {
    sleep 1ms
    custom missing()
}

scenario says_nothing {
    sleep 1ms
}

scenario hangs {
    timeout = 50ms
    sleep 20s
}
