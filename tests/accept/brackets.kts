# A line goes on until its brackets are closed, wherever they are.
scenario brackets {
    tags = [
        "a"
    ]
    let sum = max(
        1,
        2
    )
    cgroup a { cpus = first(
            all,
            (
                1
            )
        ); spawn cpu_spin
    }
    note "{sum}"
    hold 1ms
}
