use hooks "probes"
use "lib/loads.kts"
use "./lib/../lib/loads.kts"

scenario uses {
    cgroup left { cpus = half(0) }
    crowd(left)
    hold 100ms
}
