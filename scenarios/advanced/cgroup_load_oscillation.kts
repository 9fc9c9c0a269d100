#!/usr/bin/env -S ktstr exec
# Heavy and light change places four times; each phase begins with fresh cgroups
# and fresh tasks. A scheduler that averages load over seconds fails here: it always
# balances for the phase before.
use "std/loads"

proc phase(heavier: int) {
    for i in 0..2 {
        create cg[i]
        if i == heavier { heavy(cg[i], 2 * workers) } else { light(cg[i]) }
    }
    hold 25%
}

scenario cgroup_load_oscillation "Heavy and light roles alternate" {
    category = "advanced"
    requires rebal

    step "the first is heavy" { phase(0) }
    step "the second is heavy" { phase(1) }
    step "the first again" { phase(0) }
    step "the second again" { phase(1) }
}
