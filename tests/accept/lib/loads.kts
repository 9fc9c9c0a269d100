# Used by tests/accept/uses.kts; nothing of it need be used.
use "halves.kts"
param crowd_size = 3 "workers of a crowd"
let _spare = 3
fn unheard(_n: int) -> int = 1
proc crowd(g: cgroup) { spawn crowd_size cpu_spin in g { affinity = half(0) } }
scenario left_out { cgroup a { spawn cpu_spin }; hold 1s }
