#!/usr/bin/env -S ktstr exec
# A cgroup may use half a CPU, then as much as it likes. A scheduler fails here when
# tasks that were throttled are not put back into a queue once they may run, or when
# a pending throttle hits them after the quota is gone.

scenario quota_release "A quota under load, then none" {
    category = "beyond"

    cgroup bound { quota = 50%; spawn (2 * topo.cpus) cpu_spin }
    cgroup free { spawn topo.cpus cpu_spin }

    step "half a CPU" { hold 50% }
    step "no quota" {
        clear bound.quota
        hold 50%
    }
    expect { no spread }
}
