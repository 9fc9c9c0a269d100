fn a(n: int) -> int = b(n) + 1
fn b(n: int) -> int = c(n)
fn c(n: int) -> int = a(n) #! error[KTS0211]: 'a' calls itself: a -> b -> c -> a
proc p() { q() }
proc q() { p() } #! error[KTS0211]: 'p' calls itself: p -> q -> p
fn alone(n: int) -> int = alone(n) #! error[KTS0211]: 'alone' calls itself: alone -> alone
scenario probe {
    cgroup g { spawn (a(1) + alone(1)) cpu_spin }
    p()
    hold 1s
}
