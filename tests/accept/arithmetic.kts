# What operators there are between which types.
let heavy_share = 12

scenario arithmetic {
    cgroup left { spawn 2 cpu_spin }
    let i: int = (7 + 3 * 2 - 1) / 2 % 5
    let f: float = 1.5 * 2 + 1 / 2.0 - i
    let p: percent = 50% + 25%
    let d: duration = 1s + 500ms - 10us * 3
    let e: duration = d * 0.5 + d * 50% + 2 * d + d / 2
    let r: float = e / d
    let s: size = 64KiB + 1MiB * 2
    let b: bool = i > 3 and not (f <= 1.5) or p != 75% and d < e and s >= 1GiB
    let t: string = "sum {i + 1}"
    let c: cpuset = llc(0) | core(1) & usable - first(all, 1)
    let x: float = heavy_share * 50%
    let w: int = floor(2.5) + ceil(2.5) + round(2.5) + min(1, 2) + max(3, 4) + abs(-5)
    let m: duration = max(1s, 200ms)
    let n: float = abs(-2.5)
    if b and c == all and t == "sum 1" { note "{i} {f} {p} {d} {e} {r} {s} {b} {t} {c} {x} {w} {m} {n}" }
    #!^ warning[KTS0604]: this condition is always false: its block never runs
    let least = -9223372036854775807 - 1
    note "{least}"
    hold 100ms
}
