scenario probe {
    cgroup left { spawn 2 cpu_spin }
    cgroup right { spawn 2 cpu_spin }
    hold 100ms
    expect {
        isolation #! error[KTS0207]: there is no metric 'isolation'; did you mean 'isolated'?
        gpa <= 2s #! error[KTS0207]: there is no metric 'gpa'; did you mean 'gap'?
        no sprad #! error[KTS0207]: there is no metric 'sprad'; did you mean 'spread'?
        latency <= 2ms #! error[KTS0207]: there is no metric 'latency'
    }
}
