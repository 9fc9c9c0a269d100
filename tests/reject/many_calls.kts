# Two calls of two calls of two calls …
proc p0() { note "x" }
proc p1() { p0(); p0() }
proc p2() { p1(); p1() } #! error[KTS0904]: more than 10000 calls of procs are made up to here
proc p3() { p2(); p2() }
proc p4() { p3(); p3() }
proc p5() { p4(); p4() }
proc p6() { p5(); p5() }
proc p7() { p6(); p6() }
proc p8() { p7(); p7() }
proc p9() { p8(); p8() }
proc p10() { p9(); p9() }
proc p11() { p10(); p10() }
proc p12() { p11(); p11() }
proc p13() { p12(); p12() }
proc p14() { p13(); p13() }
scenario probe {
    cgroup a { spawn cpu_spin }
    p14()
    hold 1s
}
