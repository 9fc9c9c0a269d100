# What no run can do, by what its numbers may be: topo is from 1 to 4096, a loop counts as it says.
param zero = 0
param part = 3

fn per(n: int) -> int = 100 / n #! error[KTS0404]: this divides by zero

proc rest_of(t: duration) { hold t - 1s } #! error[KTS0400]: a time is not negative

scenario probe {
    duration = 4s
    cgroup left { weight = 10_000 + topo.cpus; spawn (0 - topo.cpus) cpu_spin }
    #!^ error[KTS0400]: `weight` goes from 1 to 10000
    #!^ error[KTS0400]: the number of workers is from 1 to 65536
    cgroup right { cpus = disjoint(part, 2); weight = -topo.cpus }
    #!^ error[KTS0402]: there is no part of this number: the last is number 1
    #!^ error[KTS0400]: `weight` goes from 1 to 10000
    for i in 0..4 {
        cgroup cell[i - 9] { spawn bursty(100ns * (i + 1), 1ms) { nice = 20 + i } }
        #!^ error[KTS0400]: cgroups of a family are counted from 0
        #!^ error[KTS0400]: `burst` goes from 1us to 60min
        #!^ error[KTS0400]: a nice value is from -20 to 19
        cgroup fine[i] { cpus = nth(all, -1 - i) } #! error[KTS0400]: a position is from 0 to 4095
    }
    spawn cpu_spin in right { policy = fifo(100 * topo.cpus) }
    #!^ error[KTS0400]: a real-time priority is from 1 to 99
    spawn cpu_spin in right { policy = deadline(2ms * topo.cpus, 1ms); affinity = random(-topo.llcs) }
    #!^ error[KTS0400]: the runtime is at most the period
    #!^ error[KTS0400]: the number of CPUs is from 1 to 4096
    hold 1s - 2s * topo.cpus #! error[KTS0400]: a time is not negative
    hold duration - 1min #! error[KTS0400]: a time is not negative
    rest_of(500ms)
    rest_of(2s)
    note "{per(0)} {per(2)} {10 / zero} {10 % (topo.cpus * 0)} {floor(9_000_000_000_000_000_000.0 * (1 + topo.cpus))}"
    #!^ error[KTS0404]: this divides by zero
    #!^ error[KTS0404]: this divides by zero
    #!^ error[KTS0405]: the result does not fit in 64 bits
    if zero > 0 { note "{10 / zero}" }
    if topo.llcs > 1 { note "{10 / zero}" }
    note "{9_223_372_036_854_775_807 + topo.cpus}"
    #!^ error[KTS0405]: the result does not fit in 64 bits
}
