#!/usr/bin/env -S ktstr exec
# Every form that text may take. Größe, ✓: a comment may hold any UTF-8.

param heavy = 1_6 "workers in the loaded group"   # digits may be grouped
param _share_of_it = 40% "a percentage before its text"

scenario lexical "A quote \", a brace \{, a tab\t, a line\n, a backslash \\, größe" {
    duration = 1min; settle = 10us
    cgroup left { spawn heavy cpu_spin };
    cgroup right {

        cpus =
            disjoint(0, 2)
        spawn 2 bursty(
                burst: 1.5s,
                sleep: 10ns * 1_000_000,
            )
    }; ; ;
    let share = 0.25 +
        0.50
    let text = "a {share} and {"b {heavy + 1} c"}, } alone"
    note "{text}"
    note "{duration} {topo.cpus} {left.cpus} {-3} {50%} {64KiB} {not true}"
    let rest_of_it = 7 % 2 + 7%2
    note "{rest_of_it}"
    if topo.cpus > 2 and
        topo.llcs >= 1 {
        hold 10ms
    }
    else if topo.cpus == 1 { hold 20ms }
    else { hold 30ms }
    hold 50%; sleep 1us
    hold rest
}
