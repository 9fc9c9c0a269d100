scenario probe {
    cgroup left { spawn cpu_spin }
    step "set up" { #! warning[KTS0605]: this step takes no time
        set left.weight = 50
        note "nothing waits here"
    }
    step "waits" { sleep 1ms }
    step "repeats" { repeat every 10ms for 20ms { set left.weight = 60 } }
    step "calls" { wait_a_bit() }
    step "waits for the end" { hold rest }
}

proc wait_a_bit() { hold 1ms }
