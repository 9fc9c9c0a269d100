#!/usr/bin/env -S ktstr exec
# A scheduler takes over from another one in mid-run, and hands back, with more work than
# CPUs in one cgroup and sleepers in the other. One fails here when it has nothing about
# tasks that were there before it came, or loses those that slept while the other one
# was in charge. Between the two the kernel's own scheduler serves.
param former = "" "the program of the scheduler that begins"
param latter = "" "the program of the one that takes over"

scheduler begins { exec = former }
scheduler follows { exec = latter }

scenario scheduler_replaced "Another scheduler takes over, and hands back" {
    category = "beyond"
    needs former != "" and latter != "" "schedulers: -D former=PROGRAM -D latter=PROGRAM"

    cgroup crowd { spawn (2 * topo.cpus) cpu_spin }
    cgroup sleepers { spawn 2 bursty(2ms, 10ms) }

    scheduler start begins
    step "the former" { hold 30% }
    scheduler replace follows
    step "the latter" { hold 30% }
    scheduler replace begins
    step "the former again" { hold 30% }
    scheduler stop
    step "the kernel's own" { hold rest }

    expect { gap <= 2s; no spread }
}
