use "nosuch.kts" #! error[KTS0107]: reject/nosuch.kts: No such file or directory
use "." #! error[KTS0107]: reject/.: this is a folder, not a .kts file
let late = 3
use "../accept/lib/halves.kts" #! error[KTS0108]: `use` stands at the top of its file
scenario probe {
    use "x.kts" #! error[KTS0108]: `use` stands at the top of its file
    cgroup g { spawn late cpu_spin }
    hold 1s
}
