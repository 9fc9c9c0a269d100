#!/usr/bin/env -S ktstr exec
# The same load on three quarters of the machine and on the last quarter. A
# scheduler that balances without regard to cpusets fails here by pushing tasks of
# the crowded quarter where they may not run.
use "std/partitions"

scenario cgroup_uneven_steady "Cpusets of 75% and 25%" {
    category = "stress"

    split_uneven(75%, swappable: true)
    hold 100%

    expect { isolated }
}
