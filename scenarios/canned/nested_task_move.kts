#!/usr/bin/env -S ktstr exec
# The short name of nested_cgroup_task_move, which says what fails here.

scenario nested_task_move "Tasks move around a hierarchy" {
    category = "canned"
    settle = 2s

    create cg_0
    cgroup cg_0/sub { spawn cpu_spin }
    create cg_1
    create cg_1/sub

    step "in a leaf" { hold 25% }
    step "up" {
        move all from cg_0/sub to cg_0
        hold 25%
    }
    step "into the other tree" {
        move all from cg_0 to cg_1/sub
        hold 25%
    }
    step "up there" {
        move all from cg_1/sub to cg_1
        hold 25%
    }
}
