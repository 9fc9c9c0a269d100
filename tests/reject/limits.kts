# What a limit may be: its operator and its unit.
scenario probe {
    cgroup left { spawn 2 cpu_spin }
    hold 50ms
    expect {
        gap >= 1s #! error[KTS0100]: 'gap' has an upper limit: `<=` or `<`
        wake_p99 > 1ms #! error[KTS0100]: 'wake_p99' has an upper limit: `<=` or `<`
        spread == 10% #! error[KTS0100]: 'spread' has an upper limit: `<=` or `<`
        work_rate <= 1000 #! error[KTS0100]: 'work_rate' has a lower limit: `>=` or `>`
        iteration_rate < 2.5 #! error[KTS0100]: 'iteration_rate' has a lower limit: `>=` or `>`
        page_locality != 80% #! error[KTS0100]: 'page_locality' has a lower limit: `>=` or `>`
        work_rate >= 5ms #! error[KTS0300]: the limit of work_rate is a float, but this is a duration
        wake_p999 <= 3 #! error[KTS0301]: the limit of wake_p999 is a duration and needs its unit
        run_delay_mean <= 3% #! error[KTS0300]: the limit of run_delay_mean is a duration, but this is a percent
        throughput_cv <= 3 #! error[KTS0300]: the limit of throughput_cv is a percent or float, but this is an int
        slow_tier_ratio <= 1ms #! error[KTS0300]: the limit of slow_tier_ratio is a percent or float, but this is a duration
        imbalance <= 50% #! error[KTS0300]: the limit of imbalance is a float, but this is a percent
        nr_throttled <= 1.5 #! error[KTS0300]: the limit of nr_throttled is an int, but this is a float
        pressure <= 0.5 #! error[KTS0301]: the limit of pressure is a percent and needs its unit
        scheduler_alive <= 1 #! error[KTS0100]: 'scheduler_alive' takes no limit
        isolated < 1 #! error[KTS0100]: 'isolated' takes no limit
        work_rate #! error[KTS0100]: 'work_rate' needs a limit: `work_rate >= 0.5`
        wake_cv #! error[KTS0100]: 'wake_cv' needs a limit: `wake_cv <= 0.5`
    }
}
