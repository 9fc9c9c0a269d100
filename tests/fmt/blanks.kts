

#!/usr/bin/env -S ktstr exec
#no blank behind the mark   


# One blank around operators, none inside brackets.
param   heavy=4    "workers	of {heavy+1}"
param many :int=  heavy*2+1
param few: duration = -10ms   # a minus that negates
let sum = ( heavy-1 )*-2%3 - -many
let share = 7%2+50%
let part = [ "a" ,"b","{ heavy }  c" ]


scenario blanks"What stands between { heavy }" {

    duration=2s; settle =0s
	needs topo.cpus>=2 and not( topo.llcs==1 )   "enough"
	cgroup outer{}
  cgroup outer / inner { cpus=first( all ,1 )|llc (0)&usable }
    create outer /inner /core [ 1 / 1 ]
    spawn(heavy*2) bursty( burst :1.5s,sleep: 10ns*1_000_000 )in outer / inner
    spawn topo . cpus cpu_spin in host{policy=fifo( 1 );nice=-5}
    for i in 0 .. heavy / 2 { hold 1ms }
    for i in outer/inner.tasks..heavy / 2+8/ 4+heavy /1 {
        note "{ i }"


    }
    swap outer / inner . cpus ,outer/ inner.cpus
    set outer / inner.weight=100/2
    move 50% from outer / inner to outer
    move all from outer to outer / inner
    repeat every 100ms for outer/inner.tasks * 1ms as i { sleep 1us }
    expect outer / inner.tasks==2"both"
    expect for outer / inner{no gap;spread<=25%   for 1s}
    hold rest


}

