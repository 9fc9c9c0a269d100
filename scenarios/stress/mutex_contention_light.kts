#!/usr/bin/env -S ktstr exec
# Four workers compete for a lock that is held briefly. A scheduler fails here when
# it takes the holder off its CPU and runs those who wait for it instead.
use "std/cgroups"

scenario mutex_contention_light "Four share a lock, briefly held" {
    category = "stress"

    setup_cgroups(2, 4, mutex_contention(contenders: 4, hold_iters: 64, work_iters: 1024))
    hold 100%

    expect { no spread }
}
