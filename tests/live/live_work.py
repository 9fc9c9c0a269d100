#!/usr/bin/env python3
"""Real workers of every kind: each does what its name says, by the kernel's own counters.

    live_work.py --ktstrc build/ktstrc --ktstr build/ktstr [--sanitized]

Switches, faults, children, what a task waits in, where it may run, its policy, nice value and memory
policy are read from /proc and asked of the kernel; of ktstr's own figures none is used. Each case
waits until they say what they should, so a busy machine takes longer and says the same.
"""

import ctypes
import json
import os
import re
import signal
import struct
import tempfile
import time
from pathlib import Path

from live import Live, Run
from programs import program_parser, wait_until

# The number of the system call on this machine, as /proc/PID/syscall has it.
# System calls in which workers wait, by their numbers.
CALLS = {
    "x86_64": {"202": "futex", "271": "ppoll", "61": "wait4", "247": "waitid"},
    "aarch64": {"98": "futex", "73": "ppoll", "260": "wait4", "95": "waitid"},
}.get(os.uname().machine, {})
SCHED_GETATTR = {"x86_64": 315, "aarch64": 275}.get(os.uname().machine, -1)
DEADLINE, BATCH, IDLE, FIFO, RR = 6, os.SCHED_BATCH, os.SCHED_IDLE, os.SCHED_FIFO, os.SCHED_RR
ROOT_CPUS = sorted(os.sched_getaffinity(0))


class Worker:
    """One worker process, as the kernel sees it."""

    def __init__(self, pid):
        self.pid = pid

    def read(self, name):
        """A file of its folder in /proc, "" when it has ended."""
        try:
            return Path(f"/proc/{self.pid}/{name}").read_text()
        except OSError:
            return ""

    def status(self, key):
        """A line of its status."""
        found = re.search(rf"^{key}:\s*(.*)$", self.read("status"), re.MULTILINE)
        return found[1] if found else ""

    def waits(self):
        """How often it gave up its CPU by itself."""
        return int(self.status("voluntary_ctxt_switches") or 0)

    def stat(self, field):
        """A field of its stat, numbered as in proc(5)."""
        fields = self.read("stat").rsplit(")", 1)[-1].split()
        return int(fields[field - 3]) if fields else 0

    def busy_ns(self):
        """CPU time."""
        return int(self.read("schedstat").split()[0] or 0)

    def slices(self):
        """How often it was given a CPU."""
        return int(self.read("schedstat").split()[2] or 0)

    def call(self):
        """The system call that it waits in, and its arguments; wchan knows nothing of one that sleeps
        but is still in the run queue, as EEVDF keeps those that have had more than their share."""
        words = self.read("syscall").split() or [""]
        return [CALLS.get(words[0], words[0]), *words[1:]]

    def waits_with_its_group(self):
        """Does it wait on a futex in memory that is shared with a few others, not with all workers?"""
        call = self.call()
        if len(call) < 2 or call[0] != "futex":
            return False
        for line in self.read("maps").splitlines():
            span, flags = line.split()[:2]
            start, end = (int(part, 16) for part in span.split("-"))
            if start <= int(call[1], 16) < end:
                return flags.endswith("s") and end - start < 1 << 20
        return False

    def files(self):
        """What its open files are, beyond the first three and what it reads its own figures from."""
        found = []
        for path in Path(f"/proc/{self.pid}/fd").iterdir():
            target = os.readlink(path)
            if int(path.name) > 2 and not target.endswith("/schedstat"):
                found.append(target.split(":")[0])
        return found

    def policy(self):
        """Its scheduling policy, by number."""
        return os.sched_getscheduler(self.pid)

    def memory_policy(self):
        """As numa_maps says it for its first mapping."""
        return self.read("numa_maps").split("\n")[0].split(" ", 1)[-1].split(" file=")[0]

    def cpus(self):
        """Where it may run."""
        return os.sched_getaffinity(self.pid)

    def io_bytes(self):
        """What it has written, page cache included."""
        found = re.search(r"^wchar: (\d+)$", self.read("io"), re.MULTILINE)
        return int(found[1]) if found else 0


def leads_its_group(pid):
    """Is this a worker, and not a child that a worker made?"""
    try:
        return os.getpgid(pid) == pid
    except ProcessLookupError:
        return False


class Growth:
    """How much a figure of each worker has grown since the case began."""

    def __init__(self, workers, figure):
        self.workers, self.figure = workers, figure
        self.start = [figure(worker) for worker in workers]

    def each(self):
        """Of each worker."""
        return [self.figure(worker) - start for worker, start in zip(self.workers, self.start)]


class Kinds(Live):
    """Runs a spawn until the kernel's counters say what they should."""

    @staticmethod
    def text(spawn, duration):
        """A scenario that judges nothing which a busy machine could spoil."""
        return (f"scenario probe {{\n    settle = 0s\n    duration = {duration}\n"
                "    expect { no gap; no spread; no not_starved }\n"
                f"    cgroup g {{ }}\n    {spawn}\n    hold rest\n}}\n")

    def start(self, spawn, count):
        """A run with these workers, and what went wrong so far."""
        run = Run(self, self.text(spawn, "600s"))

        def there():
            # Those that are ready have a process group of their own, and wait for their release.
            found = sorted(pid for pid, _, _ in run.workers() if leads_its_group(pid))
            return found if len(found) == count or run.process.poll() is not None else None

        found = wait_until(there, self.deadline)
        if found and len(found) == count:
            return run, [Worker(pid) for pid in found], ""
        return run, [], f"there were no {count} workers"

    def run_briefly(self, spawn):
        """What a short run prints."""
        run = Run(self, self.text(spawn, "20ms"))
        run.end()
        printed = run.printed()
        run.traces()
        return printed

    def kind(self, name, spawn, count, ready):
        """One case: `ready(workers)` gives a function that is asked until it has no complaint."""
        run, workers, fault = self.start(spawn, count)
        if not fault:
            complaint = ready(workers)
            last = [""]

            def done():
                try:
                    last[0] = complaint()
                except (OSError, IndexError, TypeError) as gone:
                    last[0] = f"a worker cannot be looked at: {gone!r}"
                return not last[0] or run.process.poll() is not None

            wait_until(done, self.deadline)
            fault = last[0]
        run.process.send_signal(signal.SIGINT)
        self.judge(name, run, fault, [-signal.SIGINT])


def at_least(growth, least, what):
    """A complaint until the figure of each worker has grown that much."""
    grown = growth.each()
    return "" if min(grown) >= least else f"{what}: {grown}, not {least} each"


def computes(workers):
    """It uses CPU time and gives up its CPU next to never: the kernel may make it wait for a page, or for
    the lock of its memory while we read of it."""
    busy, waits = Growth(workers, Worker.busy_ns), Growth(workers, Worker.waits)

    def complaint():
        short = at_least(busy, 150_000_000, "CPU time")
        if any(times > 3 + used // 100_000_000 for times, used in zip(waits.each(), busy.each())):
            return f"it waited {waits.each()} times in {busy.each()} ns of CPU time"
        return short
    return complaint


def yields(workers):
    """Of workers that share a CPU each runs for a moment only, without waiting for anything."""
    slices, busy = Growth(workers, Worker.slices), Growth(workers, Worker.busy_ns)
    waits = Growth(workers, Worker.waits)

    def complaint():
        many = at_least(slices, 500, "slices")
        if max(waits.each()) > 50:
            return f"it waited {waits.each()} times"
        length = sum(busy.each()) / max(1, sum(slices.each()))
        return many or ("" if length < 400_000 else f"a slice lasts {length:.0f} ns")
    return complaint


def waits_often(least, call=""):
    """It waits again and again, in a certain system call."""
    def ready(workers):
        waits, seen = Growth(workers, Worker.waits), set()

        def complaint():
            seen.update(worker.call()[0] for worker in workers)
            few = at_least(waits, least, "waits")
            return few or ("" if any(one.startswith(call) for one in seen) else f"it waits in {seen}")
        return complaint
    return ready


def writes(workers):
    """It writes 64 KiB between two waits."""
    written, waits = Growth(workers, Worker.io_bytes), Growth(workers, Worker.waits)

    def complaint():
        few = at_least(waits, 30, "waits") or at_least(written, 20 * 65536, "bytes")
        share = [size / max(1, count) for size, count in zip(written.each(), waits.each())]
        return few or ("" if min(share) > 16384 else f"{share} bytes between two waits")
    return complaint


def exchanges(workers):
    """Partners wait for each other, hold four ends of pipes and nothing else."""
    waits, seen = Growth(workers, Worker.waits), set()

    def complaint():
        seen.update(worker.call()[0] for worker in workers)
        if any(worker.files() != ["pipe"] * 4 for worker in workers):
            return f"their files are {[worker.files() for worker in workers]}"
        few = at_least(waits, 300, "waits")
        return few or ("" if "ppoll" in seen else f"they wait in {seen}")
    return complaint


def waits_on_futexes(least, members=slice(None)):
    """These members wait on futexes; nobody has files."""
    def ready(workers):
        waits, seen = waits_often(least, "futex")(workers[members]), set()

        def complaint():
            seen.update(worker.pid for worker in workers[members] if worker.waits_with_its_group())
            files = [worker.files() for worker in workers]
            if any(files):
                return f"their files are {files}"
            return waits() or ("" if seen else "their futexes are not of their group")
        return complaint
    return ready


def wakes_receivers(workers):
    """All wait but the first, which computes."""
    spinning = computes(workers[:1])
    waiting = waits_on_futexes(200, slice(1, None))(workers)
    return lambda: spinning() or waiting()


def sleeps_at_most_every(seconds, least):
    """It sleeps again and again, and computes in between; so long a cycle is not gone through faster."""
    def ready(workers):
        waits, busy = Growth(workers, Worker.waits), Growth(workers, Worker.busy_ns)
        start = time.monotonic()

        def complaint():
            few = at_least(waits, least, "waits") or at_least(busy, 20_000_000, "CPU time")
            most = (time.monotonic() - start) / seconds + 3
            return f"it waited {waits.each()} times, more than {most:.0f}" if max(waits.each()) > most else few
        return complaint
    return ready


def refers_to(size):
    """It goes through all of its memory: pages whose mark of use was taken away have it again."""
    def ready(workers):
        for worker in workers:
            Path(f"/proc/{worker.pid}/clear_refs").write_text("1")
        busy = Growth(workers, Worker.busy_ns)

        def complaint():
            used = [int(re.search(r"^Referenced:\s*(\d+) kB", worker.read("smaps_rollup"), re.MULTILINE)[1]) * 1024
                    for worker in workers]
            return at_least(busy, 1, "CPU time") or ("" if min(used) >= size else f"{used} bytes were used, not {size}")
        return complaint
    return ready


def grows(figure, least, what):
    """A figure of the kernel grows."""
    def ready(workers):
        growth = Growth(workers, figure)
        return lambda: at_least(growth, least, what)
    return ready


def takes(figure, wanted, what):
    """Seen often enough, a property of each worker takes all these values, or passes this check."""
    def ready(workers):
        seen = [set() for _ in workers]

        def complaint():
            for _ in range(50):
                for worker, values in zip(workers, seen):
                    values.add(figure(worker))
            enough = wanted if callable(wanted) else wanted.issubset
            return "" if all(enough(values) for values in seen) else f"{what}: {seen}"
        return complaint
    return ready


def has(figure, wanted, what):
    """A property of each worker is this one."""
    def ready(workers):
        def complaint():
            found = [figure(worker) for worker in workers]
            return "" if found == wanted else f"{what}: {found}, not {wanted}"
        return complaint
    return ready


def all_of(*parts):
    """Several at once."""
    def ready(workers):
        complaints = [part(workers) for part in parts]
        return lambda: "\n".join(filter(None, (complaint() for complaint in complaints)))
    return ready


def nice_of(worker):
    """Its nice value."""
    return os.getpriority(os.PRIO_PROCESS, worker.pid)


def check_kinds(kinds):
    """Each kind of work."""
    faults = grows(lambda worker: worker.stat(10), 3000, "page faults")
    children = grows(lambda worker: worker.stat(11), 1000, "page faults of children that it waited for")
    shared = "{ affinity = one }"
    cases = (
        ("cpu_spin computes", "spawn 2 cpu_spin in g", 2, computes),
        ("yield_heavy yields", f"spawn 2 yield_heavy in g {shared}", 2, yields),
        ("mixed yields", f"spawn 2 mixed in g {shared}", 2, yields),
        ("io_sync writes and sleeps", "spawn 2 io_sync in g", 2, writes),
        ("bursty computes and sleeps", "spawn 2 bursty(10ms, 10ms) in g", 2, sleeps_at_most_every(0.02, 20)),
        ("pipe_io exchanges", "spawn 4 pipe_io in g", 4, exchanges),
        ("cache_pipe exchanges", "spawn 4 cache_pipe in g", 4, exchanges),
        ("futex_ping_pong takes turns", "spawn 4 futex_ping_pong in g", 4, waits_on_futexes(300)),
        ("cache_pressure uses all its memory", "spawn 2 cache_pressure(16MiB, 4KiB) in g", 2,
         all_of(refers_to(16 << 20), computes)),
        ("cache_yield uses its memory and yields", f"spawn 2 cache_yield(1MiB) in g {shared}", 2,
         all_of(refers_to(1 << 20), yields)),
        ("futex_fan_out wakes its receivers", "spawn 4 futex_fan_out(3) in g", 4, wakes_receivers),
        ("fan_out_compute wakes its receivers", "spawn 3 fan_out_compute(2, 64KiB) in g", 3, wakes_receivers),
        ("fork_exit forks", "spawn 2 fork_exit in g", 2, all_of(children, waits_often(100, "wait"))),
        ("nice_sweep goes through nice values", "spawn 2 nice_sweep in g", 2,
         takes(nice_of, lambda seen: len(seen) >= 8 and min(seen) < 0 < max(seen), "nice values")),
        ("policy_churn changes its policy", "spawn 2 policy_churn in g", 2,
         takes(Worker.policy, {os.SCHED_OTHER, BATCH, IDLE}, "policies")),
        ("policy_churn where real time is to be had", "spawn 1 policy_churn in host", 1,
         takes(Worker.policy, {os.SCHED_OTHER, BATCH, IDLE, FIFO, RR}, "policies")),
        ("page_fault_churn faults", "spawn 2 page_fault_churn in g", 2, faults),
        ("mutex_contention waits for a lock", "spawn 4 mutex_contention(4) in g", 4, waits_on_futexes(50)),
        ("sequence goes through its phases", "spawn 2 sequence(spin(4ms), sleep(4ms), io(1ms)) in g", 2,
         all_of(grows(Worker.io_bytes, 10 * 65536, "bytes"), grows(Worker.busy_ns, 40_000_000, "CPU time"),
                waits_often(40))),
        ("a sequence that sleeps", "spawn 2 sequence(spin(10ms), sleep(10ms)) in g", 2, sleeps_at_most_every(0.02, 20)),
        ("a sequence that yields", f"spawn 2 sequence(yield(10s)) in g {shared}", 2, yields),
    )
    for case in cases:
        kinds.kind(*case)
    name = "affinity_churn moves itself about"
    if len(ROOT_CPUS) > 1:
        kinds.kind(name, "spawn 2 affinity_churn in g", 2, all_of(
            takes(lambda worker: tuple(worker.cpus()), {(cpu,) for cpu in ROOT_CPUS[:2]}, "CPUs"),
            grows(lambda worker: int(worker.status("nonvoluntary_ctxt_switches") or 0), 10, "switches")))
    else:
        kinds.tap.skipped(name, "there is one CPU only")


def check_placement(kinds):
    """Policies, nice values, affinities and memory policies, of single workers and of groups."""
    policies = (("batch", BATCH), ("idle", IDLE), ("normal", os.SCHED_OTHER), ("fifo(3)", FIFO), ("rr(7)", RR))
    for word, number in policies:
        kinds.kind(f"policy {word}", f"spawn 2 pipe_io in g {{ policy = {word} }}", 2,
                   has(Worker.policy, [number] * 2, "policies"))
    kinds.kind("priorities", "spawn 2 pipe_io in host { policy = rr(7) }", 2,
               has(lambda worker: os.sched_getparam(worker.pid).sched_priority, [7] * 2, "priorities"))
    kinds.kind("policy deadline", "spawn 1 cpu_spin in host { policy = deadline(1ms, 20ms) }", 1,
               all_of(has(Worker.policy, [DEADLINE], "policies"), deadline_of(1_000_000, 20_000_000)))
    kinds.kind("nice", "spawn 4 futex_ping_pong in g { nice = -7 }", 4, has(nice_of, [-7] * 4, "nice values"))
    if len(ROOT_CPUS) > 1:
        spread = [{ROOT_CPUS[0]}, {ROOT_CPUS[1]}] * 2
        kinds.kind("affinity spread of a group", "spawn 4 mutex_contention in g { affinity = spread }", 4,
                   has(Worker.cpus, [{ROOT_CPUS[i % len(ROOT_CPUS)]} for i in range(4)], "CPUs"))
        kinds.kind("affinity of a cpuset", "spawn 2 pipe_io in g { affinity = nth(all, 1) }", 2,
                   has(Worker.cpus, spread[1:2] * 2, "CPUs"))
    kinds.kind("affinity one of a group", "spawn 5 futex_fan_out in g { affinity = one }", 5,
               has(Worker.cpus, [{ROOT_CPUS[0]}] * 5, "CPUs"))


def deadline_of(runtime, period):
    """The parameters of a deadline task, as the kernel tells them."""
    def ready(workers):
        def complaint():
            # struct sched_attr: size, policy, flags, nice, priority, runtime, deadline, period.
            buffer = ctypes.create_string_buffer(48)
            if ctypes.CDLL(None, use_errno=True).syscall(SCHED_GETATTR, workers[0].pid, buffer, 48, 0):
                return f"sched_getattr: {os.strerror(ctypes.get_errno())}"
            found = struct.unpack("=IIQiIQQQ", buffer.raw)[5:]
            return "" if found == (runtime, period, period) else f"deadline {found}"
        return complaint
    return ready


def check_memory(kinds):
    """Memory policies, by numa_maps."""
    if not Path("/proc/self/numa_maps").exists():
        kinds.tap.skipped("memory policies", "this kernel has no NUMA")
        return
    cases = (("bind(0)", "", "bind:0"), ("bind(0)", "static", "bind=static:0"),
             ("bind(0)", "numa_balancing", "bind=balancing:0"), ("preferred(0)", "", "prefer:0"),
             ("interleave(0)", "relative", "interleave=relative:0"), ("local", "", "local"),
             ("preferred_many(0)", "static", "prefer (many)=static:0"),
             ("weighted_interleave(0)", "", "weighted interleave:0"))
    for policy, flags, shown in cases:
        setting = f"mempolicy = {policy}" + (f"; mempolicy_flags = {flags}" if flags else "")
        name = f"memory policy {policy} {flags}".rstrip()
        probe = kinds.run_briefly(f"spawn 2 cpu_spin in g {{ {setting} }}")
        if "SKIP" in probe and "it takes Linux" in probe:
            kinds.tap.skipped(name, "this kernel does not have it")
            continue
        kinds.kind(name, f"spawn 2 cache_pressure in g {{ {setting} }}", 2,
                   has(Worker.memory_policy, [shown] * 2, "memory policies"))


def check_refusals(kinds):
    """What the kernel refuses a normal user is BROKEN, with what would help."""
    name = "what a normal user is refused"
    if not kinds.root:
        kinds.tap.skipped(name, "only root can become another user")
        return
    prefix = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--inh-caps=-all", "--bounding-set=-all"]
    for spawn, said in (("cpu_spin in host { policy = fifo(1) }", "CAP_SYS_NICE"),
                        ("cpu_spin in host { policy = deadline(1ms, 10ms) }", "CAP_SYS_NICE"),
                        ("cpu_spin in host { nice = -5 }", "RLIMIT_NICE"),
                        ("nice_sweep in host", "RLIMIT_NICE")):
        text = f"scenario probe {{ spawn 2 {spawn}; hold 50ms }}\n"
        run = Run(kinds, text, prefix, ["--backend", "affinity"])
        run.end()
        told = run.read(run.out)
        fault = "" if "BROKEN" in told and said in told else f"the report should say {said}"
        kinds.judge(f"{name}: {spawn}", run, fault, [3])
    run = Run(kinds, "scenario probe { spawn 1 policy_churn in host; hold 200ms; expect { no gap } }\n", prefix,
              ["--backend", "affinity"])
    kinds.judge("a normal user's policy_churn does without", run, "", [0])


def check_swap(kinds):
    """--work-type replaces the work of swappable spawns where the count suits, and says so."""
    text = ("scenario probe { cgroup g { spawn 2 cpu_spin { swappable = true }; spawn 3 mixed { swappable = true }; "
            "spawn 2 yield_heavy }; hold 60s }\n")
    path = kinds.folder / "swap.json"
    run = Run(kinds, text, (), ["--work-type", "pipe_io", "--report", f"json={path}"])
    names = lambda: sorted(comm for _, comm, _ in run.workers())
    wanted = ["kts-mixed"] * 3 + ["kts-pipe_io"] * 2 + ["kts-yield_heavy"] * 2
    fault = "" if wait_until(lambda: names() == wanted, kinds.deadline) else f"the workers are {names()}"
    run.process.send_signal(signal.SIGINT)
    run.end()
    swaps = json.loads(path.read_text())["scenarios"][0].get("swaps") if path.exists() else None
    told = [(swap["declared"], swap["work"], swap["workers"], swap["replaced"]) for swap in swaps or []]
    if told != [("cpu_spin", "pipe_io(1024)", 2, True), ("mixed", "pipe_io(1024)", 3, False)]:
        fault = fault or f"the report tells of {told}"
    kinds.judge("--work-type replaces swappable work", run, fault, [-signal.SIGINT])


def main():
    """Runs every case."""
    arguments = program_parser(__doc__).parse_args()
    with tempfile.TemporaryDirectory(prefix="kts-work-") as folder:
        Path(folder).chmod(0o755)
        kinds = Kinds(arguments, Path(folder))
        if kinds.root and kinds.has_cgroups:
            for part in (check_kinds, check_placement, check_memory):
                part(kinds)
        else:
            kinds.tap.skipped("kinds of work", "it takes root and cgroups to make and to watch them")
        check_refusals(kinds)
        check_swap(kinds)
    kinds.tap.finish()


if __name__ == "__main__":
    main()
