#!/usr/bin/env python3
"""`ktstr cleanup`: what it sweeps, and what it leaves alone.

    sweep.py --ktstrc build/ktstrc --ktstr build/ktstr [--sanitized]

Never a live run's, whatever a pid says: it may be another's by now, or of a namespace where it cannot
be seen. Never anything that a record of this user's does not name.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import uuid
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "lib"))
import machine  # noqa: E402
from programs import ROOT, environment, program_parser, run, wait_until  # noqa: E402
from tap import Tap  # noqa: E402

NOBODY = 65534
RECORDS = Path("/run/ktstr")
HOLD = "scenario holds { settle = 0s\n cgroup a { spawn 2 cpu_spin }\n hold 60s\n expect { no gap; no spread } }\n"
FROZEN = "scenario frozen { settle = 0s\n cgroup a { spawn 2 cpu_spin }\n hold 50ms\n freeze a\n sleep 60s }\n"
SHORT = "scenario short { settle = 0s\n cgroup a { spawn 2 cpu_spin }\n hold 100ms\n expect { no gap; no spread } }\n"


def record_of(pid):
    """The record of a process's run, None if there is none."""
    found = list(RECORDS.glob(f"ktstr-{pid}-*")) if RECORDS.exists() else []
    return found[0] if found else None


def born(pid):
    """When a process was born, as /proc has it."""
    return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[19]


def set_up_cgroup(name, owner):
    """A cgroup of somebody's in each hierarchy of v1 that a run wants, ready for tasks."""
    made = []
    for mount in machine.cgroup_mounts():
        if mount.name not in ("cpuset", "cpu", "pids"):
            continue
        folder = mount / name
        folder.mkdir()
        made.append(folder)
        if mount.name == "cpuset":
            for file in ("cpuset.cpus", "cpuset.mems"):
                (folder / file).write_text((mount / file).read_text())
        for path in (folder, *folder.iterdir()):
            os.chown(path, owner, owner)
    return made


class Sweeps:
    """The program, a scratch folder, and the results."""

    def __init__(self, arguments, folder):
        self.tap = Tap()
        self.folder = folder
        self.ktstr = Path(shutil.copy(arguments.ktstr, folder))  # where a normal user reaches it
        self.deadline = 60 if arguments.sanitized else 20

    def start(self, text, prefix=(), options=(), ready=None, **options_of_popen):
        """A run in the background, at work; returns it and its mark."""
        file = self.folder / f"{uuid.uuid4()}.kts"
        file.write_text(text)
        mark = f"KTS_TEST_MARK={uuid.uuid4()}"
        name, value = mark.split("=")
        variables = options_of_popen.pop("variables", {})
        process = subprocess.Popen(
            [*prefix, self.ktstr, "exec", *options, file], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, env=environment(**{name: value}, **variables), **options_of_popen)
        ready = ready or (lambda: sum(comm.startswith("kts-") for _, comm, _ in machine.processes_with(mark)) >= 2)
        if not wait_until(ready, self.deadline):
            process.kill()
            raise AssertionError("the run did not get to work")
        return process, mark

    def cleanup(self, *options, **more):
        """What it says, as JSON, and its exit code."""
        result = run([*more.pop("prefix", ()), self.ktstr, "cleanup", "--format", "json", *options],
                     deadline=self.deadline, **more)
        try:
            return {one["name"]: one for one in json.loads(result.text)["runs"]}, result.code
        except ValueError:
            raise AssertionError(result.summary()) from None

    @staticmethod
    def end(process, number=signal.SIGKILL):
        """Ends a run, and waits until it has."""
        process.send_signal(number)
        process.wait()

    def state(self, name, *options, **more):
        """The state of one run as cleanup has it."""
        found, _ = self.cleanup(*options, **more)
        return found[name]["state"] if name in found else None

    def case(self, name, found, wanted):
        """One result."""
        self.tap.check(name, "" if found == wanted else f"{found}, not {wanted}")

    def check_states(self):
        """A live run, then a dry run over what it left, then a sweep, then nothing."""
        process, mark = self.start(HOLD)
        record = record_of(process.pid).name
        groups = machine.cgroups_of(process.pid)
        self.case("a live run is left alone by cleanup", self.state(record), "live")
        other = self.folder / "short.kts"
        other.write_text(SHORT)
        result = run([self.ktstr, "exec", other], deadline=self.deadline)
        fault = "" if result.code == 0 and machine.cgroups_of(process.pid) == groups else result.summary()
        self.tap.check("a live run is left alone by another run", fault)
        inside, _ = self.cleanup(prefix=["unshare", "--pid", "--fork", "--mount-proc"])
        self.case("a live run is left alone from a pid namespace that cannot see it", inside[record]["state"], "live")
        self.end(process)
        wait_until(lambda: not machine.processes_with(mark), self.deadline)
        self.case("from a pid namespace that cannot tell, a dead one is left alone, too",
                  self.state(record, prefix=["unshare", "--pid", "--fork", "--mount-proc"]), "elsewhere")
        found, code = self.cleanup("--dry-run")
        self.case("a dry run finds it and ends with 1", (found[record]["state"], code), ("found", 1))
        self.case("a dry run touches nothing", machine.cgroups_of(process.pid), groups)
        found, code = self.cleanup()
        self.case("cleanup sweeps it and ends with 0", (found[record]["state"], code), ("swept", 0))
        self.case("then nothing of it is there", (machine.cgroups_of(process.pid), record_of(process.pid)), ([], None))
        self.case("and nothing is known of it", self.state(record), None)

    def check_frozen(self):
        """Frozen workers cannot die until somebody thaws them."""
        frozen = Path("/sys/fs/cgroup/freezer")
        process, mark = self.start(FROZEN, ready=lambda: any(
            "FROZEN" in path.read_text() for path in frozen.glob("ktstr-*/a/freezer.state"))
            if frozen.exists() else sum(1 for _ in machine.processes_with(mark)) > 2)
        self.end(process)
        left = len([1 for _, comm, _ in machine.processes_with(mark) if comm.startswith("kts-")])
        found, code = self.cleanup()
        name = next(name for name in found if name.startswith(f"ktstr-{process.pid}-"))
        self.case("frozen workers outlive their run, and are swept",
                  (found[name]["state"], found[name]["processes"], code, len(machine.processes_with(mark))),
                  ("swept", left, 0, 0))

    def check_pids(self):
        """A record says which process made it; whoever has that number now is not meant."""
        process, _ = self.start(HOLD)
        record = record_of(process.pid)
        self.end(process)
        text = record.read_text()
        reused = RECORDS / f"ktstr-{os.getpid()}-1"
        reused.write_text(text.replace(f"pid {process.pid}\n", f"pid {os.getpid()}\n"))
        self.case("a reused pid does not make a dead run live", self.state(reused.name, "--dry-run"), "found")
        alive = RECORDS / f"ktstr-{os.getpid()}-2"
        lines = text.replace(f"pid {process.pid}\n", f"pid {os.getpid()}\n").split("\n")
        alive.write_text("\n".join(f"born {born(os.getpid())}" if line.startswith("born") else line for line in lines))
        self.case("a process that lives and was born then keeps it, lock or not", self.state(alive.name), "live")
        alive.unlink()
        reused.unlink(missing_ok=True)
        self.cleanup()
        self.case("the run itself is swept", machine.cgroups_of(process.pid), [])

    def check_tampered(self):
        """A record can only name cgroups, by paths without links, that bear its name."""
        name = f"ktstr-{os.getpid()}-3"
        victim, link = self.folder / name, self.folder / "link"
        victim.mkdir()
        link.symlink_to("/sys/fs/cgroup")
        boot = Path("/proc/sys/kernel/random/boot_id").read_text()
        inode = os.stat("/proc/self/ns/pid").st_ino
        head = f"ktstr.record/1\npid {os.getpid()}\nborn 3\npidns {inode}\nboot {boot}"
        group = machine.cgroup_mounts()[0] / name
        group.mkdir()
        for what, line, kept in (("a folder that is no cgroup", f"cgroup 1 {victim}", victim),
                                 ("a cgroup by a link", f"cgroup 1 {link}/{group.parent.name}/{name}", group),
                                 ("a cgroup of another name", f"cgroup 1 {group.parent}", group)):
            RECORDS.mkdir(mode=0o700, exist_ok=True)
            (RECORDS / name).write_text(f"{head}{line}\n")
            self.cleanup()
            self.case(f"a record cannot have removed: {what}", kept.exists(), True)
            (RECORDS / name).unlink(missing_ok=True)
        found, _ = self.cleanup()
        self.case("a cgroup without a record is told, and left alone", (found[name]["state"], group.exists()),
                  ("unrecorded", True))
        group.rmdir()

    def check_kept(self):
        """What --keep left is swept when it is asked for, and not by the next run."""
        file = self.folder / "kept.kts"
        file.write_text(SHORT)
        process = subprocess.Popen([self.ktstr, "exec", "--keep", "--quiet", file])
        process.wait(self.deadline)
        run([self.ktstr, "exec", "--quiet", file], deadline=self.deadline)
        kept = bool(machine.cgroups_of(process.pid))
        found, code = self.cleanup()
        state = [one["state"] for name, one in found.items() if name.startswith(f"ktstr-{process.pid}-")]
        self.case("what --keep left", (kept, state, code, machine.cgroups_of(process.pid)), (True, ["swept"], 0, []))

    def check_hook(self):
        """A hook's daemon is in no process group and no session of the run, but in its cgroup."""
        source, library = self.folder / "leaver.c", self.folder / "leaver.so"
        source.write_text((ROOT / "tests/trust/leaver.c").read_text())
        built = run(["cc", "-shared", "-fPIC", f"-I{ROOT}/src/api", source, "-o", library], deadline=60)
        if built.code:
            self.tap.failed_with("a hook's daemon is swept", built.summary())
            return
        text = ('use hooks "leaver"\nextern hook leave()\nscenario hook { settle = 0s\n cgroup a { spawn 2 cpu_spin }\n'
                " custom leave()\n hold 60s\n expect { no gap; no spread } }\n")
        process, mark = self.start(text, ready=lambda: "kts-left" in comms())
        self.end(process)
        wait_until(lambda: [comm for _, comm, _ in machine.processes_with(mark)] == ["kts-left"], self.deadline)
        before = [comm for _, comm, _ in machine.processes_with(mark)]
        found, _ = self.cleanup()
        state = [one["state"] for name, one in found.items() if name.startswith(f"ktstr-{process.pid}-")]
        self.case("a hook's daemon is swept", (before, state, machine.processes_with(mark)), (["kts-left"], ["swept"], []))

    def check_rootless(self):
        """A normal user in a prepared subtree: real cgroups, and a sweep of its own."""
        name = f"kts-user-{os.getpid()}"
        runtime = self.folder / "runtime"
        runtime.mkdir(mode=0o700)
        os.chown(runtime, NOBODY, NOBODY)
        if not all(Path("/sys/fs/cgroup", one, "cgroup.procs").exists() for one in ("cpuset", "cpu", "pids")):
            self.tap.skipped("a normal user in a prepared subtree", "it is cgroup v2 here: tests/vm has it")
            return
        made = set_up_cgroup(name, NOBODY)
        enter = "".join(f"echo 0 >{folder}/cgroup.procs; " for folder in made)
        prefix = ["sh", "-c", f'{enter} exec setpriv --reuid={NOBODY} --regid={NOBODY} --clear-groups "$@"', "sh"]
        variables = {"XDG_RUNTIME_DIR": str(runtime)}
        try:
            process, _ = self.start(HOLD, prefix, ["--backend", "cgroup"], variables=variables)
            groups = machine.cgroups_of(process.pid)
            inside = len(groups) == 3 and all(name in str(group) for group in groups)
            self.end(process)
            record = list((runtime / "ktstr").iterdir())
            self.case("a normal user's run lives in its subtree", (inside, len(record)), (True, 1))
            found, _ = self.cleanup()
            self.case("root's sweep leaves it alone", (found[record[0].name]["state"], len(machine.cgroups_of(process.pid))),
                      ("unrecorded", 3))
            found, code = self.cleanup(prefix=prefix, env=environment(**variables))
            self.case("the user's own sweeps it", (found[record[0].name]["state"], code, machine.cgroups_of(process.pid)),
                      ("swept", 0, []))
            self.case("and the folder of its records goes with the last of them", list(runtime.iterdir()), [])
            (runtime / "ktstr").mkdir()
            os.chown(runtime / "ktstr", NOBODY, NOBODY)
            (runtime / "ktstr").chmod(0o777)
            result = run([*prefix, self.ktstr, "cleanup"], deadline=self.deadline, env=environment(**variables))
            self.case("a folder that others may write is not trusted", result.code, 3)
        finally:
            for folder in made:
                wait_until(lambda folder=folder: machine.remove_cgroups([folder]), self.deadline)


def comms():
    """The names of all processes."""
    found = []
    for folder in Path("/proc").iterdir():
        try:
            if folder.name.isdigit():
                found.append((folder / "comm").read_text().strip())
        except OSError:
            continue
    return found


def main():
    """Reads the command line."""
    arguments = program_parser(__doc__).parse_args()
    machine.own_records()
    with tempfile.TemporaryDirectory(prefix="kts-sweep-") as folder:
        Path(folder).chmod(0o755)
        sweeps = Sweeps(arguments, Path(folder))
        if os.geteuid() != 0 or not any(os.access(mount, os.W_OK) for mount in machine.cgroup_mounts()):
            sweeps.tap.skipped("sweeps", "they take root and cgroups that can be written")
            sweeps.tap.finish()
        for check in (sweeps.check_states, sweeps.check_frozen, sweeps.check_pids, sweeps.check_tampered,
                      sweeps.check_kept, sweeps.check_hook, sweeps.check_rootless):
            try:
                check()
            except (AssertionError, KeyError, StopIteration, IndexError) as error:
                sweeps.tap.failed_with(check.__doc__, repr(error))
    sweeps.tap.finish()


if __name__ == "__main__":
    main()
