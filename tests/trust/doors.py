#!/usr/bin/env python3
"""`ktstr doctor`, `ktstr cleanup` and --no-foreign as a user has them.

    doors.py --ktstrc build/ktstrc --ktstr build/ktstr [--sanitized]

The doctor only looks, and a program that nobody has read runs nothing but the language's own ops.
"""

import json
import os
import re
import shutil
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "lib"))
import machine  # noqa: E402
from programs import environment, program_parser, run  # noqa: E402
from tap import Tap  # noqa: E402

NOBODY = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
NAMES = {"kernel", "topology", "cgroups", "cpuset", "cpu", "memory", "pids", "freezer", "backend", "delegation",
         "clean-up", "fifo, rr", "deadline", "nice", "sched_ext", "BTF", "BPF", "pressure", "run delays", "QEMU", "KVM",
         "VM kernel"}
# What a program that only looks may ask the kernel for; files are opened for reading, and it writes
# to standard output.
LOOKS = set("""access arch_prctl brk capget close dup execve exit_group faccessat faccessat2 fcntl fstat futex getcwd
getdents64 getegid geteuid getgid getpid getrandom getuid ioctl lseek lstat madvise mmap mprotect mremap munmap newfstatat
openat openat2 pread64 prlimit64 read readlink readlinkat rseq rt_sigaction rt_sigprocmask sched_getaffinity
set_robust_list set_tid_address stat statfs fstatfs statx sysinfo uname write clock_gettime""".split())
FOREIGN = {
    "a hook": "extern hook h()\nscenario s { custom h() }\n",
    "a worker body": "extern work w()\nscenario s { cgroup a { spawn 2 w }; hold 1s }\n",
    "a library": 'use hooks "trap"\nscenario s { hold 1s }\n',
    "a payload": 'payload p { exec = "touch"; args = ["TOUCHED"] }\nscenario s { cgroup a { run p } }\n',
    "a scheduler": 'scheduler m { exec = "touch"; args = ["TOUCHED"] }\nscenario s { scheduler = m\n hold 1s }\n',
}
TRAP = """#include <fcntl.h>
__attribute__((constructor)) static void run(void)
{
	open("TOUCHED", O_CREAT | O_WRONLY, 0600);
}
"""


class Doors:
    """The programs, a scratch folder, and the results."""

    def __init__(self, arguments, folder):
        self.tap = Tap()
        self.folder = folder
        self.ktstr, self.ktstrc = Path(shutil.copy(arguments.ktstr, folder)), arguments.ktstrc
        self.sanitized = arguments.sanitized
        self.deadline = 60 if arguments.sanitized else 20

    def run(self, *words, prefix=(), **more):
        """One command in the folder."""
        return run([*prefix, self.ktstr, *words], deadline=self.deadline, cwd=self.folder, **more)

    def check_doctor(self):
        """Every ability, in 80 columns and in JSON, for root and for others."""
        usable = any(os.access(mount, os.W_OK) for mount in machine.cgroup_mounts())
        for who, prefix in (("as it is run", ()), *([("as a normal user", NOBODY)] if os.geteuid() == 0 else [])):
            human, document = self.run("doctor", prefix=prefix), self.run("doctor", "--format", "json", prefix=prefix)
            try:
                told = json.loads(document.text)
            except ValueError:
                self.tap.failed_with(f"doctor {who}", document.summary())
                continue
            abilities = {one["name"]: one for one in told["abilities"]}
            faults = [f"too long: {line}" for line in human.text.splitlines() if len(line) > 80]
            faults += [f"{sorted(NAMES ^ set(abilities))}"] if NAMES != set(abilities) else []
            faults += [f"{one['name']} says neither what there is nor what would help" for one in abilities.values()
                       if not one["says"] or (one["state"] != "yes" and not one.get("help"))]
            faults += [f"{one['name']} is not told to people" for one in abilities.values()
                       if not re.search(rf"^{one['state']} +{re.escape(one['name'])} ", human.text, re.MULTILINE)]
            wanted = 0 if told["cgroups"] else 1
            if human.code != wanted or document.code != wanted or told["schema"] != "ktstr.doctor/1":
                faults.append(f"exit codes {human.code}, {document.code}, cgroups {told['cgroups']}")
            counts = Path("/proc/self/schedstat").read_text().split() != ["0", "0", "0"]
            if (abilities["run delays"]["state"] == "yes") != counts:
                faults.append(f"run delays: {abilities['run delays']}")
            if prefix == () and os.geteuid() == 0 and usable and not told["cgroups"]:
                faults.append("root can write cgroups here, and it says no")
            self.tap.check(f"doctor {who}", "\n".join(faults))

    def check_look(self):
        """Each system call of the doctor is one that only looks."""
        name = "the doctor changes nothing"
        if self.sanitized or run(["strace", "-o", "/dev/null", "true"], deadline=20).code:
            self.tap.skipped(name, "a sanitizer makes calls of its own" if self.sanitized else "strace cannot trace here")
            return
        log = self.folder / "calls"
        run(["strace", "-f", "-o", log, self.ktstr, "doctor"], deadline=self.deadline)
        calls = [match for line in log.read_text().splitlines() if (match := re.match(r"\d+ +(\w+)\((.*)", line))]
        faults = {f"{match[1]}({match[2]}" for match in calls if match[1] not in LOOKS
                  or match[1].startswith("open") and re.search(r"O_(WRONLY|RDWR|CREAT|TRUNC)", match[2])
                  or match[1] == "write" and not match[2].startswith("1,")}
        if len(calls) < 100:
            faults.add(f"only {len(calls)} calls were seen")
        self.tap.check(name, "\n".join(faults))

    def check_usage(self):
        """Mistakes on the command line."""
        for words, code, says in ((("doctor", "x"), 2, "no arguments"), (("doctor", "--fromat"), 2, "--format"),
                                  (("doctor", "--format", "xml"), 2, "human or json"), (("doctor", "--help"), 0, "exit:"),
                                  (("cleanup", "x"), 2, "no arguments"), (("cleanup", "--dyr-run"), 2, "'--dry-run'"),
                                  (("cleanup", "--format=xml"), 2, "human or json"), (("cleanup", "--help"), 0, "exit:"),
                                  (("exec", "--no-foreign", "--hooks", "x.so"), 2, "--hooks loads foreign code")):
            result = self.run(*words)
            fault = "" if result.code == code and says in result.text + result.errors else result.summary()
            self.tap.check(" ".join(words), fault)

    def check_foreign(self):
        """--no-foreign: refused with the line before anything is loaded, started or made; else it runs."""
        (self.folder / "trap.c").write_text(TRAP)
        built = run(["cc", "-shared", "-fPIC", "trap.c", "-o", "trap.so"], cwd=self.folder, deadline=60)
        touched = self.folder / "TOUCHED"
        self.run("exec", "--hooks", "./trap.so", "--backend", "affinity")
        self.tap.check("the trap works", "" if touched.exists() and not built.code else "it was not touched")
        touched.unlink(missing_ok=True)
        for name, text in FOREIGN.items():
            file = self.folder / "foreign.kts"
            file.write_text(text)
            for words in (("exec",), ("plan",), ("vm", "exec")):
                result = self.run(*words, "--no-foreign", file.name)
                line = re.search(r"^foreign\.kts:1:\d+: error: --no-foreign: .* is foreign code$", result.errors, re.MULTILINE)
                fault = "" if result.code == 2 and line and not touched.exists() and not result.text else result.summary()
                self.tap.check(f"--no-foreign: {name}, {' '.join(words)}", fault)
            image = run([self.ktstrc, "build", file, "-o", self.folder / "foreign.ktb"], deadline=20)
            result = self.run("exec", "--no-foreign", "foreign.ktb")
            fault = "" if image.code == 0 and result.code == 2 and "is foreign code" in result.errors and not touched.exists() \
                else image.summary() + result.summary()
            self.tap.check(f"--no-foreign: {name}, an image", fault)
        own = self.folder / "own.kts"
        own.write_text("scenario own { cgroup a { spawn 2 cpu_spin }\n hold 1s }\n")
        (self.folder / "scheduler").write_text("#!/bin/sh\ntouch TOUCHED\n")
        (self.folder / "scheduler").chmod(0o755)
        for words in (("exec",), ("plan",), ("vm", "exec")):
            result = self.run(*words, "--no-foreign", "--scheduler", "./scheduler", own.name)
            fault = "" if result.code == 2 and "--scheduler starts a foreign program" in result.errors and not touched.exists() else result.summary()
            self.tap.check(f"--no-foreign: --scheduler, {' '.join(words)}", fault)
        result = self.run("plan", "--no-foreign", own.name)
        self.tap.check("--no-foreign: a program of ops", "" if result.code == 0 else result.summary())

    def check_private(self):
        """The record of a run is its user's alone, and so is the folder it lies in."""
        records = Path("/run/ktstr")
        if os.geteuid() != 0 or not any(os.access(mount, os.W_OK) for mount in machine.cgroup_mounts()):
            self.tap.skipped("records are private", "it takes root and cgroups that can be written")
            return
        file = self.folder / "kept.kts"
        file.write_text("scenario kept { settle = 0s\n cgroup a { spawn 2 cpu_spin }\n hold 20ms }\n")
        self.run("exec", "--keep", file.name, env=environment())
        modes = {oct(path.stat().st_mode & 0o7777) for path in records.glob("ktstr-*")}
        folder = oct(records.stat().st_mode & 0o7777)
        self.run("cleanup")
        left = list(records.glob("ktstr-*")) if records.exists() else []
        fault = "" if (modes, folder, left) == ({"0o600"}, "0o700", []) else f"{modes} {folder} {left}"
        self.tap.check("records are private", fault)


def main():
    """Reads the command line."""
    arguments = program_parser(__doc__).parse_args()
    machine.own_records()
    with tempfile.TemporaryDirectory(prefix="kts-doors-") as folder:
        Path(folder).chmod(0o755)
        doors = Doors(arguments, Path(folder))
        for check in (doors.check_doctor, doors.check_look, doors.check_usage, doors.check_foreign, doors.check_private):
            check()
    doors.tap.finish()


if __name__ == "__main__":
    main()
