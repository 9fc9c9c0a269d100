scenario lines { duration = 1s; settle = 0s
    cgroup a { spawn cpu_spin };
    cgroup b { spawn cpu_spin ; spawn 2 io_sync };;
    cgroup c {
        spawn cpu_spin }
    cgroup d { spawn cpu_spin
        spawn 2 io_sync }
    cgroup e {
    }
    cgroup f { spawn 2 bursty(10ms, 20ms) { policy = batch; affinity = one; nice = 1 } }
    cgroup g { spawn 2 bursty(10ms, 20ms) { policy = batch; affinity = one; nice = 10 } }
    step "wide, with a block inside that fits" { cgroup h { spawn cpu_spin }; hold 100ms; hold rest }
    if topo.cpus > 1 { hold 1ms }
    else if topo.cpus > 2 { hold 2ms }
    else {
        hold 3ms }
    if topo.cpus > 1 and topo.llcs > 1 { hold 1ms; hold 2ms } else { hold 3ms; hold 4ms; hold 5ms }
    if topo.cpus > 1 { hold 1ms } else if topo.cpus > 1 and topo.llcs > 1 and topo.nodes == 3 { hold 3ms } else { hold 5ms }
    note "a line that nobody can break, however far it goes over the limit of eighty-eight columns"
    if topo.cpus == 1234567890 and topo.llcs == 1234567890 and topo.nodes == 123456789 { }
    let one = max(1, 2,
                  3)
    let two = max(
1, 2,

3)
    let three = max(1, 2
    )
    let four = max(1,
        min(
            2,
            3),
      4 )
    let five = one +
      two *
      3
    let six =
      one
    spawn 2 bursty(
      10ms, 20ms) in a { nice = 1
      policy = batch }
    hold rest }
scenario second {hold 1s}
