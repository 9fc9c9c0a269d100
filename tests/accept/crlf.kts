scenario crlf "Lines that end as on other systems" {
    cgroup left {
        spawn cpu_spin   # and a comment
    }
    hold 100ms
}
