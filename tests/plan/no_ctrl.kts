#! plan --topo 1n1l2c1t
#! plan --topo 1n1l2c1t --flags no_ctrl
# Without the cpu controller there is nothing of what it is for.
scenario light { cgroup a { spawn cpu_spin }; hold 10ms }
scenario weighed { cgroup a { weight = 50; spawn cpu_spin }; hold 10ms }
scenario limited { cgroup a { spawn cpu_spin }; hold 10ms; set a.quota = 50%; hold 10ms }
scenario throttled { cgroup a { spawn cpu_spin }; hold 10ms; expect { nr_throttled <= 3 } }
scenario confined { requires no_ctrl; cgroup a { cpus = first(all, 1); spawn cpu_spin }; hold 10ms }
