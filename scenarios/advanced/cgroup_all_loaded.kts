#!/usr/bin/env -S ktstr exec
# Nobody has anything to lend. A scheduler that borrows CPUs between cgroups fails
# here when it borrows all the same, and everybody waits for what was lent.
use "std/cgroups"

scenario cgroup_all_loaded "Every cgroup is loaded" {
    category = "advanced"
    requires borrow

    setup_cgroups(2, 16, swappable: true)
    hold 100%
}
