use "nosuch.kts" #! error[KTS0107]: reject/nosuch.kts: No such file or directory
use "." #! error[KTS0107]: reject/.: this is a folder, not a .kts file
use hook "probes" #! error[KTS0100]: expected a file's name or 'hooks', found 'hook'
use hooks "probes"
let late = 3
use hooks "more" #! error[KTS0108]: `use` stands at the top of its file
use "../accept/lib/halves.kts" #! error[KTS0108]: `use` stands at the top of its file
scenario probe {
    use "x.kts" #! error[KTS0108]: `use` stands at the top of its file
    cgroup g { spawn late cpu_spin }
    hold 1s
}
