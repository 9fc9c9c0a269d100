#!/usr/bin/env -S ktstr exec
# Workers go through all nice values, one after a moment's work. A scheduler fails
# here when a weight changes under a task that is queued: sums that were made with the
# old one and undone with the new one drift, and somebody starves.
use "std/cgroups"

scenario nice_sweep "Nice values cycled" {
    category = "stress"

    setup_cgroups(2, load: nice_sweep)
    hold 100%

    expect { no spread }
}
