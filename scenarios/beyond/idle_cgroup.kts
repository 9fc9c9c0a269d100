#!/usr/bin/env -S ktstr exec
# A cgroup that counts as idle against its sibling, which is full. It may have next to
# nothing, but not nothing at all, and everything once the other is gone.

scenario idle_cgroup "An idle cgroup beside a full one, then alone" {
    category = "beyond"

    cgroup background { idle = true; spawn topo.cpus cpu_spin }
    step "crowded out" {
        cgroup foreground { spawn topo.cpus cpu_spin }
        hold 50%
    }
    step "alone" { hold 50% }

    expect { no spread }
}
