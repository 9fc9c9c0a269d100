#!/usr/bin/env python3
"""`ktstr vm` as a user has it: boots, runs, reports; guests that are lost; schedulers under test.

    exec.py --ktstrc build/ktstrc --ktstr build/ktstr [--scheduler build/tests/schedulers/test_scheduler]

Prints TAP. Takes the kernel of $KTSTR_VM_KERNEL, or the one that `ktstr vm kernel fetch` fetches;
where there is none, every case is a skip with the reason.
"""

import argparse
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "lib"))
from kernel import Unavailable, find_kernel  # noqa: E402
from programs import environment, program, run, wait_until  # noqa: E402
from tap import Tap  # noqa: E402

# What is no case's own question is not judged: a guest on a busy host may well be unequal for 300 ms.
UNJUDGED = "expect { no spread; no gap; no not_starved }"
STEADY = f"scenario steady {{ cgroup a {{ spawn 2 cpu_spin }}\n hold 300ms\n {UNJUDGED}\n expect {{ isolated }} }}\n"
TRIES = 3
CATALOG_FOLDER = HERE.parent.parent / "scenarios"


class Vm:
    """Runs `ktstr vm exec` in a folder of its own."""

    def __init__(self, arguments, kernel, folder):
        self.arguments, self.kernel, self.folder = arguments, kernel, folder

    def command(self, *words):
        """The whole command line."""
        return [self.arguments.ktstr, "vm", "exec", "--kernel", self.kernel, "--accel", "tcg", *words]

    def exec(self, *words, deadline=150, **options):
        """A run to its end; once more where it could judge nothing (code 6), and in the end as it is."""
        for _ in range(TRIES):
            result = run(self.command(*words), deadline=deadline, cwd=self.folder, **options)
            if result.code != 6:
                break
        return result

    def write(self, name, text):
        """A program in the folder."""
        (self.folder / name).write_text(text)
        return name

    def report(self, name="report.json"):
        """A JSON report that a run has written."""
        return json.loads((self.folder / name).read_text())

    def settled(self, found, text, *words):
        """A scenario of the program `text` as it was found, or where a guest that hardly ran let nothing be judged,
        as it ends by itself on a machine by itself."""
        name = found["name"]
        head = re.split(r"^scenario ", text, maxsplit=1, flags=re.MULTILINE)[0]
        body = re.search(rf"^scenario {name} {{.*?^}}\n", text, re.MULTILINE | re.DOTALL)[0]
        self.write("alone.kts", head + body)
        for _ in range(2):
            if found["status"] != "INCONCLUSIVE":
                break
            (self.folder / "alone.json").unlink(missing_ok=True)
            result = self.exec("alone.kts", *words, "--report", "json=alone.json")
            if not (self.folder / "alone.json").exists():
                return {"name": name, "status": "no report", "reasons": result.summary()}
            found = self.report("alone.json")["scenarios"][0]
        return found


def machines_left():
    """QEMUs whose parent is this process or gone: none of ours may outlive its ktstr."""
    found = subprocess.run(["pgrep", "-fa", "name=ktstr.results"], capture_output=True, text=True, check=False)
    return found.stdout


def wants(result, code, *words):
    """What is wrong with a result: its exit code, or a word that it does not say."""
    faults = [] if result.code == code else [f"exit code {result.code} in place of {code}"]
    faults += [f"it does not say '{word}'" for word in words if word not in result.text + result.errors]
    return "\n".join([*faults, result.summary()]) if faults else ""


def statuses(report):
    """Name and status of each scenario."""
    return {scenario["name"]: scenario["status"] for scenario in report["scenarios"]}


def check_results(tap, vm):
    """What comes back is what `ktstr exec` would have given."""
    vm.write("steady.kts", STEADY)
    vm.write("fails.kts", 'scenario fails { cgroup a { spawn cpu_spin }\n hold 100ms\n fail "on purpose" }\n')
    result = vm.exec("steady.kts", "fails.kts", "--topo", "2n4l1c2t", "--report", "json=report.json",
                     "--report", "human=report.txt", "--seed", "7")
    tap.check("passes and fails come back", wants(result, 1, "PASS steady", "FAIL fails", "fails.kts:3:"))
    report = vm.report()
    topology, where = report["environment"]["topology"], report["environment"]
    tap.check("the report is the guest's",
              "" if (topology["name"], where["cgroup"], where["seed"]) == ("2n4l1c2t", "cpuset v2, cpu v2, pids v2", 7)
              and statuses(report) == {"steady": "PASS", "fails": "FAIL"} else json.dumps(report["environment"]))
    tap.check("human reports are files, too",
              "" if "PASS steady" in (vm.folder / "report.txt").read_text() else "no PASS in report.txt")
    result = vm.exec("-", "--topo", "1n1l2c1t", "--format", "json", stdin=STEADY.encode())
    tap.check("a program from standard input, JSON on standard output",
              wants(result, 0) or ("" if statuses(json.loads(result.text)) == {"steady": "PASS"} else result.text))


def check_several(tap, vm):
    """Two machines at once, a table, a node without CPUs."""
    result = vm.exec("steady.kts", "--topo", "1n2l1c1t", "--topo", "smt-2llc", "--jobs", "2", "--memory-nodes", "1",
                     "--report", "json=several.json")
    tap.check("several machines give a table", wants(result, 0, "== 1n2l1c1t", "== smt-2llc", "steady    PASS"))
    nodes = [vm.report(f"several.{name}.json")["environment"]["topology"]["nodes"] for name in ("1n2l1c1t", "smt-2llc")]
    tap.check("each has its report, and a node without CPUs", "" if nodes == [2, 2] else f"nodes: {nodes}")


# Machines, and which scenarios of topology/topology.kts they skip.
MACHINES = {
    "1n1l4c1t": {"by_llc", "by_node", "locality", "no_locality", "without_cpus"},
    "1n2l2c1t": {"by_node", "locality", "no_locality", "without_cpus"},
    "2n4l1c2t": {"without_cpus"},
}
WITH_MEMORY_NODE = {"2n2l2c1t": set()}
FAILS = {"no_locality", "without_cpus"}  # where they are not skipped: by page_locality


def check_topologies(tap, vm):
    """Cpusets by LLC and node, memory policies, page locality, on one to four LLCs and one to three nodes."""
    file = HERE / "topology" / "topology.kts"
    # Beside it what the shell's suite runs on its two machines, too; those that refuse are for it alone.
    others = [path for path in sorted(HERE.glob("*.kts")) if " small=0\n" in path.read_text()[:60]
              and "numa=0" in path.read_text()[:60]]
    always = {name for path in others for name in re.findall(r"^#! vm says SKIP (\w+)$", path.read_text(), re.MULTILINE)}
    texts = {name: path.read_text() for path in (file, *others)
             for name in re.findall(r"^scenario (\w+)", path.read_text(), re.MULTILINE)}
    for machines, more in ((MACHINES, []), (WITH_MEMORY_NODE, ["--memory-nodes", "1"])):
        topologies = [word for name in machines for word in ("--topo", name)]
        # One machine's report has the plain name.
        result = vm.exec(file, *others, *topologies, *more, "--report", "json=topology.json", deadline=280)
        for name, skipped in machines.items():
            path = "topology.json" if len(machines) == 1 else f"topology.{name}.json"
            if not (vm.folder / path).exists():
                tap.failed_with(f"{name}: a report", result.summary())
                continue
            for first in vm.report(path)["scenarios"]:
                scenario = vm.settled(first, texts[first["name"]], "--topo", name, *more)
                wanted = "SKIP" if scenario["name"] in skipped | always else "FAIL" if scenario["name"] in FAILS else "PASS"
                checks = {reason["check"] for reason in scenario["reasons"]}
                fine = scenario["status"] == wanted and (wanted != "FAIL" or checks == {"page_locality"})
                tap.check(f"{name}: {scenario['name']}",
                          "" if fine else f"{scenario['status']} in place of {wanted}: {scenario['reasons']}")


def check_payload(tap, vm):
    """A payload comes along with its libraries; the guest is not the host."""
    vm.write("payload.kts", 'payload id { exec = "uname"; args = ["-r"]; output = "text"; metric major = "^([0-9]+)"\n'
             ' expect { major >= 5 } }\n'
             f"scenario with_payload {{ cgroup a {{ spawn cpu_spin; run id }}\n hold 200ms\n wait id\n {UNJUDGED} }}\n")
    result = vm.exec("payload.kts", "--topo", "1n1l2c1t")
    tap.check("payloads come along", wants(result, 0, "PASS with_payload"))


def check_hooks(tap, vm):
    """A library of hooks comes along, and a hook's crash in the guest is BROKEN there."""
    vm.write("hooks.c", "#include <ktstr.h>\n"
             "KTSTR_HOOK(twice, INT, INT)\n"
             "static int64_t twice(struct ktstr_context *ctx, int64_t x) { return ctx ? x * 2 : 0; }\n"
             "KTSTR_HOOK(crash, VOID)\n"
             "static void crash(struct ktstr_context *ctx) { (void)ctx; __builtin_trap(); }\n")
    vm.write("hooks.kts", "extern hook twice(x: int) -> int\nextern hook crash()\n"
             f"scenario asks {{ cgroup a {{ spawn cpu_spin }}\n hold 200ms\n {UNJUDGED}\n expect custom twice(21) == 42 }}\n"
             "scenario crashes { cgroup a { spawn cpu_spin }\n hold 200ms\n custom crash() }\n")
    header = HERE.parent.parent / "src" / "api"
    built = run(["cc", "-shared", "-fPIC", "-I", header, "hooks.c", "-o", "hooks.so"], cwd=vm.folder)
    tap.check("hooks: they build", built.summary() if built.code else "")
    result = vm.exec("hooks.kts", "--topo", "1n1l2c1t", "--hooks", "./hooks.so")
    tap.check("hooks come along", wants(result, 3, "PASS asks", "BROKEN crashes", "was killed by SIGILL"))


def check_lost(tap, vm):
    """A guest that panics, is killed or hangs is never a PASS, and its console is told."""
    vm.write("lost.kts", STEADY + """
payload crash { exec = "sh"; args = ["-c", "echo c > /proc/sysrq-trigger"] }
scenario dies { cgroup a { spawn cpu_spin }
 run crash
 hold 2s }
scenario after { cgroup a { spawn cpu_spin }
 hold 100ms }
""")
    result = vm.exec("lost.kts", "--topo", "1n1l2c1t", "--report", "json=lost.json")
    tap.check("a panic is BROKEN, with the console",
              wants(result, 3, "PASS steady", "BROKEN dies", "sysrq triggered crash", "console: ", "BROKEN after"))
    tap.check("and so in the report",
              "" if statuses(vm.report("lost.json")) == {"steady": "PASS", "dies": "BROKEN", "after": "BROKEN"}
              else str(statuses(vm.report("lost.json"))))
    with open("/dev/full", "wb") as full:
        result = run([vm.arguments.ktstr, "vm", "kernel", "list"], stdout=full)
    # 5: none was fetched, and nothing is to be told.
    tap.check("a list of kernels on a full disk", "" if result.code in (3, 5) else result.summary())
    result = vm.exec("steady.kts", "--topo", "1n1l2c1t", "--boot-timeout", "300ms")
    tap.check("a guest that does not come up is TIMEOUT", wants(result, 3, "TIMEOUT steady", "did not come up"))
    vm.write("nothing", "no kernel")
    result = run([vm.arguments.ktstr, "vm", "exec", "steady.kts", "--kernel", "nothing"], cwd=vm.folder)
    tap.check("what is no kernel is refused", wants(result, 2, "is no kernel"))


def check_signals(tap, vm):
    """Whatever ends ktstr ends its machine."""
    for number, name in ((signal.SIGINT, "SIGINT"), (signal.SIGKILL, "SIGKILL")):
        process = subprocess.Popen([str(word) for word in vm.command("steady.kts", "--topo", "1n1l2c1t")],
                                   cwd=vm.folder, env=environment(), stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL)
        began = wait_until(machines_left, 20)
        time.sleep(0.3)
        process.send_signal(number)
        code = process.wait(20)
        left = "" if wait_until(lambda: not machines_left(), 10) else machines_left()
        tap.check(f"{name} leaves no machine",
                  left or ("" if began and code == -number else f"ended with {code}; machine seen: {began}"))


# Scenario of schedulers/each.kts, status, what the report must say.
SCHEDULERS = {
    "fair": ("PASS", ""),
    "starves": ("FAIL", "not_starved"),
    "stalls": ("FAIL", "runnable task stall"),
    "sticks": ("FAIL", "not allowed for kts-cpu_spin"),
    "leaves": ("FAIL", "ended while it was needed (exit code 0)"),
    "slow": ("FAIL", "wake_p50"),
    "changes": ("PASS", ""),
}


def check_schedulers(tap, vm):
    """Each scheduler is found by the scenario that is meant to, for the right reason."""
    if not vm.arguments.scheduler:
        for name in SCHEDULERS:
            tap.skipped(f"scheduler: {name}", "the test schedulers were not built (clang, bpftool, libbpf-dev)")
        return
    shutil.copy(vm.arguments.scheduler, vm.folder / "test_scheduler")
    text = (HERE / "schedulers" / "each.kts").read_text()
    vm.write("schedulers.kts", text)
    result = vm.exec("schedulers.kts", "--topo", "2n4l1c2t", "--report", "json=schedulers.json", deadline=300)
    if not (vm.folder / "schedulers.json").exists():
        tap.failed_with("schedulers: a report", result.summary())
        return
    found = {scenario["name"]: scenario for scenario in vm.report("schedulers.json")["scenarios"]}
    for name, (status, word) in SCHEDULERS.items():
        scenario = vm.settled(found[name], text, "--topo", "2n4l1c2t")
        said = json.dumps(scenario["reasons"])
        fine = scenario["status"] == status and word in said
        tap.check(f"scheduler: {name}", "" if fine else f"{scenario['status']}, not {status} for '{word}': {said}")


# Arguments of a test scheduler, scenario of the catalog, its status, what the report must say.
CATALOG = [
    ("fifo", "basic/cgroup_steady", "PASS", ""),
    ("starve --strict", "basic/cgroup_steady", "FAIL", "not_starved"),
    ("stick", "cpuset/cgroup_cpuset_swap_disjoint", "FAIL", "not allowed for kts-cpu_spin"),
    ("fifo --exit-after 0.7", "affinity/cgroup_affinity_pinned", "FAIL", "ended while it was needed (exit code 0)"),
    ("slow", "beyond/light_sleepers", "FAIL", "wake_p50"),
    ("fifo", "beyond/light_sleepers", "PASS", ""),
]


def check_catalog(tap, vm):
    """With --scheduler, a scenario of the catalog finds the fault that it is there for."""
    for arguments, name, status, word in CATALOG:
        title = f"--scheduler {arguments}: {name}"
        if not vm.arguments.scheduler:
            tap.skipped(title, "the test schedulers were not built (clang, bpftool, libbpf-dev)")
            continue
        shutil.copy(vm.arguments.scheduler, vm.folder / "test_scheduler")
        words = [word for argument in arguments.split() for word in ("--scheduler-arg", argument)]
        result = vm.exec(CATALOG_FOLDER / f"{name}.kts", "--topo", "2n4l1c2t", "--duration", "2s", "--scheduler", "./test_scheduler",
                         *words, "--report", "json=catalog.json")
        if not (vm.folder / "catalog.json").exists():
            tap.failed_with(title, result.summary())
            continue
        found = vm.report("catalog.json")["scenarios"][0]
        (vm.folder / "catalog.json").unlink()
        said = json.dumps(found["reasons"])
        tap.check(title, "" if found["status"] == status and word in said else f"{found['status']}, not {status} for '{word}': {said}")


def check_replaced(tap, vm):
    """The scenario of the catalog in which schedulers take over from each other."""
    title = "scheduler_replaced: schedulers take over in mid-run"
    if not vm.arguments.scheduler:
        tap.skipped(title, "the test schedulers were not built (clang, bpftool, libbpf-dev)")
        return
    for name in "former", "latter":
        shutil.copy(vm.arguments.scheduler, vm.folder / name)
    result = vm.exec(CATALOG_FOLDER / "beyond/scheduler_replaced.kts", "--topo", "2n4l1c2t", "--duration", "3s", "-D", "former=./former",
                     "-D", "latter=./latter", "--report", "json=replaced.json", "--report", "perfetto=replaced.trace")
    if not (vm.folder / "replaced.json").exists():
        tap.failed_with(title, result.summary())
        return
    found = vm.report("replaced.json")["scenarios"][0]
    starts = [event.get("value") for event in found["events"] if event["op"] == "scheduler"]
    fine = found["status"] == "PASS" and starts == ["./former", "./latter", "./former"]
    tap.check(title, "" if fine else f"{found['status']}, {starts}: {found['reasons']}")


def main():
    """Every check, on one kernel."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ktstrc", type=program, required=True)
    parser.add_argument("--ktstr", type=program, required=True)
    parser.add_argument("--scheduler", type=program)
    arguments = parser.parse_args()
    tap = Tap()
    try:
        if not shutil.which("qemu-system-x86_64"):
            raise Unavailable("qemu-system-x86_64 is not installed (package qemu-system-x86)")
        kernel = find_kernel(arguments.ktstr)
    except Unavailable as error:
        tap.skipped("ktstr vm", str(error))
        tap.finish()
    with tempfile.TemporaryDirectory(prefix="kts-vm-exec-") as folder:
        vm = Vm(arguments, kernel, Path(folder))
        before = set(os.listdir(tempfile.gettempdir()))
        for check in (check_results, check_several, check_topologies, check_payload, check_hooks, check_lost, check_signals, check_schedulers, check_catalog,
                      check_replaced):
            began = time.monotonic()
            check(tap, vm)
            tap.note(f"{check.__name__}: {time.monotonic() - began:.0f} s")
        new = {name for name in set(os.listdir(tempfile.gettempdir())) - before if "ktstr" in name}
        tap.check("no file is left", "\n".join(sorted(new)))
    tap.finish()


if __name__ == "__main__":
    main()
