# What belongs to a scenario means nothing where there is none.
param p = duration #! error[KTS0102]: 'duration' belongs to a scenario, and this line to none

let half = duration * 50% #! error[KTS0102]: 'duration' belongs to a scenario, and this line to none

scenario s {
    cgroup a { spawn cpu_spin }
    hold half
    hold p
}
