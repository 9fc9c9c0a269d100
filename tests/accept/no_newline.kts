# The last line has no end.
scenario no_newline { cgroup a { spawn cpu_spin }; hold 100ms }