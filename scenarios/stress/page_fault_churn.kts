#!/usr/bin/env -S ktstr exec
# Workers take page faults all the time, and give the pages back. A scheduler fails
# here when being preempted inside the kernel, with locks held, makes all others
# wait for the one that it does not run.
use "std/cgroups"

scenario page_fault_churn "Page faults and TLB pressure" {
    category = "stress"

    setup_cgroups(2, load: page_fault_churn(4MiB, 256, 64))
    hold 100%
}
