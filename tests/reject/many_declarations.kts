payload p {
    exec = "x"
    args = ["a", "a", "a", "a", "a", "a", "a", "a", "a", "a", "a", "a", "a", "a", "a", "a", "a", "a", "a", "a", "a", "a", "a", "a", "a", "a", "a", "a", "a", "a", "a", "a", "a", "a", "a", "a", "a", "a", "a", "a", "a", "a", "a", "a", "a", "a", "a", "a", "a", "a", "a", "a", "a", "a", "a", "a", "a", "a", "a", "a", "a", "a", "a", "a", "a"]
    #!^ error[KTS0905]: a program is given at most 64 arguments
}
flag f0
flag f1
flag f2
flag f3
flag f4
flag f5
flag f6
flag f7
flag f8
flag f9
flag f10
flag f11
flag f12
flag f13
flag f14
flag f15
flag f16
flag f17
flag f18
flag f19
flag f20
flag f21
flag f22
flag f23
flag f24
flag f25
flag f26
flag f27
flag f28
flag f29
flag f30
flag f31
flag f32
flag f33
flag f34
flag f35
flag f36
flag f37
flag f38
flag f39
flag f40
flag f41
flag f42
flag f43
flag f44
flag f45
flag f46
flag f47
flag f48
flag f49
flag f50
flag f51
flag f52
flag f53
flag f54
flag f55
flag f56
flag f57
flag f58 #! error[KTS0905]: there are more than 64 flags
flag f59 #! error[KTS0905]: there are more than 64 flags
payload metrics {
    exec = "x"
    output = "json"
    metric m0 = "a"
    metric m1 = "a"
    metric m2 = "a"
    metric m3 = "a"
    metric m4 = "a"
    metric m5 = "a"
    metric m6 = "a"
    metric m7 = "a"
    metric m8 = "a"
    metric m9 = "a"
    metric m10 = "a"
    metric m11 = "a"
    metric m12 = "a"
    metric m13 = "a"
    metric m14 = "a"
    metric m15 = "a"
    metric m16 = "a"
    metric m17 = "a"
    metric m18 = "a"
    metric m19 = "a"
    metric m20 = "a"
    metric m21 = "a"
    metric m22 = "a"
    metric m23 = "a"
    metric m24 = "a"
    metric m25 = "a"
    metric m26 = "a"
    metric m27 = "a"
    metric m28 = "a"
    metric m29 = "a"
    metric m30 = "a"
    metric m31 = "a"
    metric m32 = "a"
    metric m33 = "a"
    metric m34 = "a"
    metric m35 = "a"
    metric m36 = "a"
    metric m37 = "a"
    metric m38 = "a"
    metric m39 = "a"
    metric m40 = "a"
    metric m41 = "a"
    metric m42 = "a"
    metric m43 = "a"
    metric m44 = "a"
    metric m45 = "a"
    metric m46 = "a"
    metric m47 = "a"
    metric m48 = "a"
    metric m49 = "a"
    metric m50 = "a"
    metric m51 = "a"
    metric m52 = "a"
    metric m53 = "a"
    metric m54 = "a"
    metric m55 = "a"
    metric m56 = "a"
    metric m57 = "a"
    metric m58 = "a"
    metric m59 = "a"
    metric m60 = "a"
    metric m61 = "a"
    metric m62 = "a"
    metric m63 = "a"
    metric m64 = "a" #! error[KTS0905]: a payload has at most 64 metrics
}
scenario s {
    cgroup left { run p }
    hold 100ms
}
