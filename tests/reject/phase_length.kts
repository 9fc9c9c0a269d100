# A phase that is too long or too short, whatever the machine, where that has to be worked out.
fn phases(length: duration) -> work = sequence(spin(length), sleep(1ms))
#!^ error[KTS0400]: `length` goes from 1us to 60min
scenario probe {
    cgroup left {
        for i in 5000..5002 { spawn 1 sequence(sleep(1ms), spin(i * 1s)) }
        #!^ error[KTS0400]: `length` goes from 1us to 60min
        spawn 1 phases(900ns)
        spawn 1 phases(900us)
    }
    hold 100ms
}
