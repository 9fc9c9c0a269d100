# Finds "follow.so" beside this file.
use hooks "follow"

extern hook follow(group: cgroup, cpus: cpuset, wanted: int, turn: duration = 50ms) -> int
extern work touch_pages(pages: int)

param wanted = 20_000_000 "units of work to be done"

scenario follow_progress "The cpuset grows until the workers have got far enough" {
    category = "examples"
    needs topo.usable >= 2
    cgroup grown { }
    cgroup beside { cpus = nth(all, 0); spawn 1 touch_pages(64) }
    let took = custom follow(grown, usable, wanted)
    note "it took {took} CPUs"
    expect took >= 1 "some CPU was needed"
}
