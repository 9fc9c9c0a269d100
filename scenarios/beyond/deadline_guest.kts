#!/usr/bin/env -S ktstr exec
# Workers with a reservation (10 ms in every 100 ms) among normal ones in the cgroup
# that ktstr was started in. They come first, and take little: a scheduler that fails
# here leaves its queue of a CPU alone for as long as a deadline task is runnable.

scenario deadline_guest "Deadline workers among normal ones" {
    category = "beyond"
    needs topo.cpus >= 2

    spawn 1 bursty(5ms, 95ms) in host { policy = deadline(10ms, 100ms) }
    spawn (2 * topo.cpus) cpu_spin in host
    hold 100%

    expect { gap <= 500ms; no spread }
}
