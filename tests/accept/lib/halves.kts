use "loads.kts" # in a circle: each file is read once
fn half(i: int) -> cpuset = disjoint(i, 2)
