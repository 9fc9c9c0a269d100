#!/usr/bin/env -S ktstr exec
# Tasks move up in their tree, over into another, and up there. A scheduler that
# caches the path of a task's cgroup fails here: it goes on charging the old one.

scenario nested_cgroup_task_move "Tasks move around a hierarchy" {
    category = "nested"
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
