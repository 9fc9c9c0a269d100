# Declarations of what comes from outside.
use   hooks"probes"
flag   fast   "quick"   requires llc,steal
extern hook probe( name:string,pause : duration=5ms )->int
extern   work churn(n:int)
payload fio{exec="fio";args=["--a",
"--b" , "{1+1}"]   # arguments
  metric  iops="jobs.0.iops"
  expect{iops>=3;no exit_code}
}
scheduler mine { exec = "x"; flag llc {args = ["-l"]} }
scenario s {
requires   fast , llc
 excludes rebal
    cgroup a { cgroup a/b {run fio in a/b as   f} }
    custom probe("x" ,pause:3ms)
    let x=custom  probe( "y" )+-1
    wait   f timeout   3s;kill f
    expect x>0
}
