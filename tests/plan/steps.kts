#! plan --topo 1n2l2c2t
# Steps and scopes end what they create, newest first.
scenario steps {
    duration = 1s
    settle = 10ms
    cgroup always { spawn cpu_spin }
    step "first" {
        cgroup a { spawn 2 cpu_spin }
        cgroup b { cgroup b/inner { spawn cpu_spin } }
        hold 100ms
    }
    step "second" {
        cgroup a { spawn cpu_spin }
        scope {
            cgroup c { spawn cpu_spin }
            hold 100ms
        }
        move all from a to always
        hold rest
    }
}
