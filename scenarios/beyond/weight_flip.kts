#!/usr/bin/env -S ktstr exec
# A heavy and a feather-light weight change places twenty times a second, under full
# load. A scheduler fails here when a task's virtual time, far ahead by one weight, is
# not brought back by the other: it waits for a debt that it no longer has.
use "std/cgroups"

scenario weight_flip "Weights of 1 and 10000 exchanged again and again" {
    category = "beyond"

    cgroup left { weight = 1; spawn (2 * topo.cpus) cpu_spin }
    cgroup right { weight = 10000; spawn (2 * topo.cpus) cpu_spin }
    repeat every 50ms { swap left.weight, right.weight }

    expect { no spread }
}
