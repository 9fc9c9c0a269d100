# Lists and single values stand where they are wanted.
scenario s {
    tags = 3 #! error[KTS0300]: tags are a list of strings: ["smoke", "numa"]
    category = 50% #! error[KTS0300]: `category` is a string, but this is a percent
    let l = ["a", "b"]
    #!^ warning[KTS0204]: 'l' is never used
    #!^ error[KTS0300]: a list stands only behind `tags =` and `args =`
    cgroup a { spawn cpu_spin }
    hold 1s
}

scenario t {
    category = "{1 + 1}" #! error[KTS0300]: a category is a plain string
    cgroup a { spawn cpu_spin }
    hold 1s
}
