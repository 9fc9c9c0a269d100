# What a proc does is followed at each of its calls.
proc drop(g: cgroup) { remove g }
proc touch(g: cgroup) { freeze g; thaw g }
proc end(h: workers) { stop h } #! error[KTS0506]: the workers 'h' are stopped already
proc make() { cgroup made { spawn cpu_spin } } #! error[KTS0500]: cgroup 'made' exists already
scenario probe {
    cgroup a { spawn cpu_spin }
    cgroup b { spawn cpu_spin }
    let h = spawn cpu_spin in b
    hold 1s
    touch(a)
    drop(a)
    touch(b)
    touch(a) #! error[KTS0501]: cgroup 'a' is gone here
    end(h)
    end(h)
    make()
    make()
    hold 1s
    remove made
}
