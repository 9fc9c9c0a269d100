#!/usr/bin/env -S ktstr exec
# Tasks that live for microseconds, thousands a second. A scheduler fails here when
# what it keeps of each task is not given back, or its first decision about a new one
# costs more than the task lives.
use "std/cgroups"

scenario fork_exit_churn "Tasks created and gone in rapid succession" {
    category = "stress"

    setup_cgroups(2, load: fork_exit)
    hold 100%
}
