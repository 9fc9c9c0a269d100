payload none { args = ["x"] } #! error[KTS0109]: a payload needs `exec = "…"`, the program to start
payload odd {
    exec = 3 #! error[KTS0300]: `exec` is a string, but this is an int
    args = "x" #! error[KTS0300]: `args` is a list of strings: ["--fast", "4"]
    output = "xml" #! error[KTS0400]: `output` is "json", "text" or "none"
    timout = 3s #! error[KTS0104]: a payload has no setting 'timout'; did you mean 'timeout'?
    timeout = 0s #! error[KTS0400]: `timeout` is more than nothing
    metric a = "b"
    #!^ error[KTS0109]: where does this metric come from? Add `output = "json"` or `output = "text"`
    spawn cpu_spin #! error[KTS0102]: a payload holds settings, metrics and `expect { }`
    flag llc { args = ["x"] } #! error[KTS0102]: a payload holds settings, metrics and `expect { }`
}
payload list { exec = "x"; args = [1, a: "b"]; exec = "y" }
#!^ error[KTS0300]: an argument is a string, but this is an int
#!^ error[KTS0100]: what stands in a list has no name
#!^ error[KTS0105]: 'exec' is set already
payload metrics {
    exec = "x"
    output = "text"
    metric exit_code = "(x)" #! error[KTS0203]: every payload has the metric 'exit_code'
    metric a = "x" #! error[KTS0407]: a part in parentheses has to say where the number stands
    metric a = "(x"
    #!^ error[KTS0202]: the metric 'a' is declared already
    #!^ error[KTS0407]: this is no extended regular expression: Unmatched ( or \(
    metric b = 3
    #!^ error[KTS0300]: a metric is found by a plain string: the path of a number in JSON output, or a regular expression for text
    expect { c > 3; aa > 3; a > 3ms; no a; a > 3 for 5s }
    #!^ error[KTS0207]: this payload has no metric 'c'
    #!^ error[KTS0207]: this payload has no metric 'aa'; did you mean 'a'?
    #!^ error[KTS0300]: a payload's metric is a plain number, not a duration
    expect for left { a > 3 }
}
