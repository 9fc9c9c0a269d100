# first

# second



# third
scenario comments {   # trailing

    # own, first in its block

    # own again
    duration = 1s      #at once
        # indented like what follows
    cgroup a { # of the group
        spawn cpu_spin ; # behind a semicolon
        # last in its block

    } # of the end

    cgroup b { spawn cpu_spin } # of a block on one line
    let c = max( # of the bracket
        1, # one
        # of two
        2
        # of the end
    )
    let d = # of the sign
        # own
        c +     # of the operator
        1
    if c == d { # then
        hold 1ms
    } # why else
    # and why
    else { hold 2ms }
    if c == d {
        hold 1ms
    }
    else {
        # nothing
    }
    cgroup e { # all alone
    }
    ; # of an empty statement
    note "# no comment {c}"	#	tab	
    hold rest
}
# behind

# the end


