# Memory policies that no machine can have.
let wild = relative | static
scenario probe {
    cgroup left {
        spawn cpu_spin { mempolicy = bind() } #! error[KTS0303]: 'bind' lacks its argument node
        spawn cpu_spin { mempolicy = bind(-1) }
        #!^ error[KTS0400]: a NUMA node's number is from 0 to 1023
        spawn cpu_spin { mempolicy = interleave(0, 1024) }
        #!^ error[KTS0400]: a NUMA node's number is from 0 to 1023
        spawn cpu_spin { mempolicy = bind(0, 1, 2, 3, 4, 5, 6, 7, 8) }
        #!^ error[KTS0303]: 'bind' has fewer arguments
        spawn cpu_spin { mempolicy = preferred(0, 1) }
        #!^ error[KTS0303]: 'preferred' has fewer arguments
        spawn cpu_spin { mempolicy = node(0) }
        #!^ error[KTS0300]: `mempolicy` is a mempolicy, but this is a cpuset
        spawn cpu_spin { mempolicy = 0 }
        #!^ error[KTS0300]: `mempolicy` is a mempolicy, but this is an int
        spawn cpu_spin { mempolicy = bind(0); mempolicy_flags = static | relative }
        #!^ error[KTS0410]: `static` and `relative` exclude each other
        spawn cpu_spin { mempolicy = bind(0); mempolicy_flags = wild }
        #!^ error[KTS0410]: `static` and `relative` exclude each other
        spawn cpu_spin { mempolicy_flags = static }
        #!^ error[KTS0410]: flags say how a `mempolicy` is meant, and there is none
        spawn cpu_spin { mempolicy = local; mempolicy_flags = static }
        #!^ error[KTS0410]: `local` names no nodes that could be static or relative
        spawn cpu_spin { mempolicy = interleave(0); mempolicy_flags = numa_balancing }
        #!^ error[KTS0410]: `numa_balancing` goes with bind() and preferred_many() only
        spawn cpu_spin { mempolicy = bind(0); mempolicy_flags = static & numa_balancing }
        #!^ error[KTS0302]: mempolicy flags and mempolicy flags have no '&'
        spawn cpu_spin { mempolicy = bind(0); mempolicy_flags = 3 }
        #!^ error[KTS0300]: `mempolicy_flags` is mempolicy flags, but this is an int
        spawn cpu_spin { swappable = 1 }
        #!^ error[KTS0300]: `swappable` is a bool, but this is an int
        spawn cpu_spin { swapable = true }
        #!^ error[KTS0104]: a spawn has no setting 'swapable'; did you mean 'swappable'?
    }
    hold 100ms
}
