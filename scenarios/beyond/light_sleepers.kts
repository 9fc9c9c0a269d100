#!/usr/bin/env -S ktstr exec
# One light sleeper for every CPU, and nothing else: whoever wakes finds a CPU idle. A
# scheduler fails here when it leaves those that are ready in a queue while CPUs have
# nothing to do.

scenario light_sleepers "Light sleepers on an idle machine" {
    category = "beyond"

    cgroup town { spawn topo.cpus bursty(2ms, 8ms) }
    hold 100%

    # Far above what waking takes, and what an emulator of CPUs adds.
    expect { isolated; wake_p50 <= 25ms; no spread }
}
