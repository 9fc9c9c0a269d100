#!/usr/bin/env -S ktstr exec
# Workers move themselves to another CPU over and over. A scheduler fails here when a
# task whose mask has changed is still in the queue of a CPU that it left: it is
# dispatched there, or nowhere.
use "std/cgroups"

scenario affinity_churn "Workers change their own affinity" {
    category = "stress"

    setup_cgroups(2, load: affinity_churn)
    hold 100%

    expect { no spread }
}
