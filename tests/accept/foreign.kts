# What is not written in the language: C functions, programs, schedulers, flags.

flag fast "answers within its slice"
flag faster requires fast, llc
flag set

extern hook probe(name: string, pause: duration = 5ms, set: cpuset = llc(0)) -> int
extern hook watch(g: cgroup, share: percent, factor: float) -> bool
extern hook poke()
extern hook label(n: int, big: bool, room: size) -> string
extern hook spare() -> cpuset
extern work churn(n: int, pause: duration = 3ms, part: percent = 50%, on: bool = true)
extern work idle_loop()

param reads = 100 "the least that is fine"

payload fio {
    exec = "fio"
    args = ["--output-format=json", "--size={reads}M", ]
    timeout = 30s
    output = "json"
    metric iops = "jobs.0.read.iops"
    metric late = "jobs.0.read.clat_ns.percentile.99.000000"
    expect { exit_code == 0; iops >= reads }
    expect { late < 2.5; late }
}

payload text {
    exec = "/bin/{"sh"}"
    output = "text"
    metric rate = "rate: ([0-9.]+)"
    expect { no exit_code; rate != 0; rate > 1; rate <= 9 }
}

payload plain { exec = "true" }

scheduler mine {
    exec = "scx_mine"
    args = ["-v"]
    attach_timeout = 2s
    flag llc { args = ["--llc", "{reads}"] }
    flag fast { args = [] }
    expect { gap <= 3s }
}

fn least() -> int = reads

proc measured(g: cgroup) {
    run plain in g
    wait plain
}

scenario everything "All of it" {
    scheduler = mine
    requires faster
    requires set
    excludes borrow, rebal
    cgroup left {
        spawn churn(least())
        spawn 2 idle_loop
        run fio
    }
    let x = custom probe("a", set: usable)
    let ok = custom watch(left, 50%, 2)
    let on = custom label(1, true, 4KiB)
    custom poke()
    run text as other
    run plain in left as third
    run plain in host
    hold 10ms
    wait fio timeout 3s
    kill other
    wait third
    wait plain
    measured(left)
    measured(left)
    note "{on} of {custom spare()}"
    if x > custom probe("b") and ok { fail "no" }
    await map_value("/sys/fs/bpf/ready", 0) == 1 timeout 20ms
    expect map_value("/sys/fs/bpf/ready", 1) == 0
    repeat 2 times { run plain; wait plain }
}

scenario without {
    cgroup left { }
    step "one" { run plain in left; hold 10ms }
    step "two" { run plain in left; sleep 10ms; kill plain }
}
