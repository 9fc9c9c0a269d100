# What begins with std/ is the standard library, with or without .kts, and nothing else.
use "std/partition"
#!^ error[KTS0110]: the standard library has no module 'std/partition'; did you mean 'std/partitions'?
use "std/load.kts"
#!^ error[KTS0110]: the standard library has no module 'std/load.kts'; did you mean 'std/loads'?
use "std/"
#!^ error[KTS0110]: the standard library has no module 'std/'
use "std/../reject/uses.kts"
#!^ error[KTS0110]: the standard library has no module 'std/../reject/uses.kts'
use "std/cgroups"
scenario probe {
    setup_cgroups(2)
    hold 1s
}
