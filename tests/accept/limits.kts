# Every metric, with each of its operators.
param patience = 500ms
param most = 4.0

scenario limits {
    cgroup left { spawn 2 bursty(1ms, 1ms) }
    hold 50ms
    expect {
        not_starved; isolated; scheduler_alive
        gap <= 2s; spread < 25%
        throughput_cv <= 0.2; throughput_cv < 20%
        work_rate >= 1000; work_rate > 2.5
        iteration_rate > 10; iteration_rate >= 0.5
        wake_p50 <= 1ms; wake_p99 <= 5ms; wake_p999 < 20ms; wake_cv <= 3.0; wake_cv < 150%
        run_delay_mean <= 1ms; run_delay_max < 100ms
        migration_ratio <= 0.1; migration_ratio < 10%
        page_locality >= 80%; page_locality > 0.8
        cross_node_ratio <= 5%; slow_tier_ratio < 0.1
        imbalance <= 4; imbalance < most for patience
        stall <= 500ms; stall < 100ms for patience * 2
        pressure <= 20%; pressure < 5% for 1s
        nr_throttled <= 0; nr_throttled < 10
    }
    expect for left {
        no not_starved; no isolated; no scheduler_alive; no gap; no spread; no throughput_cv
        no work_rate; no iteration_rate; no wake_p50; no wake_p99; no wake_p999; no wake_cv
        no run_delay_mean; no run_delay_max; no migration_ratio; no page_locality
        no cross_node_ratio; no slow_tier_ratio; no imbalance; no stall; no pressure
        no nr_throttled
    }
}
