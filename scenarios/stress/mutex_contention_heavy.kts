#!/usr/bin/env -S ktstr exec
# Eight workers compete for a lock that is held most of the time. Fails as
# mutex_contention_light does; and here a wake-up that comes late stops all eight.
use "std/cgroups"

scenario mutex_contention_heavy "Eight share a lock, held for long" {
    category = "stress"

    setup_cgroups(2, 8, mutex_contention(contenders: 8, hold_iters: 1024, work_iters: 256))
    hold 100%

    expect { no spread }
}
