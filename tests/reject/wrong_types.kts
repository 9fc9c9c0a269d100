# Types have names, and params are of a few of them.
param set = usable
#!^ error[KTS0300]: a param is a number, a time, a size, a share, a bool or a string, not a cpuset

fn twice(n: intt) -> int = 2 * n #! error[KTS0209]: there is no type 'intt'; did you mean 'int'?

fn many(a: int, b: int, c: int, d: int, e: int, f: int, g: int, h: int, i: int) -> int =
#!^ error[KTS0303]: a fn or a proc has at most 8 parameters
    a + b + c + d + e + f + g + h + i

scenario s {
    cgroup a { cpus = set; spawn (twice(1)) cpu_spin }
    hold 1s
    note "{many(1, 2, 3, 4, 5, 6, 7, 8, 9)}"
    note "{twice(1)}"
}
