#!/usr/bin/env python3
"""The catalog on this machine: all of it runs, and a scenario of each category finds its fault.

    live_catalog.py --ktstrc build/ktstrc --ktstr build/ktstr

Undisturbed, every scenario passes, or is a SKIP or inconclusive for a reason that is told. With its
workers stopped, made nice, taken out of their cpuset or starved by a quota behind ktstr's back, the
metric that is about it has to say so. It takes 2 to 4 minutes.
"""

import json
import os
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "lib"))
from live import Live, Run  # noqa: E402
from live_metrics import ANY_CODE, Measured, halt  # noqa: E402
from programs import ROOT, program_parser  # noqa: E402

ENOUGH_SECONDS = 300


def cgroup_of(pid, controller):
    """(mount, path) of the cgroup of a process in the hierarchy of a controller, v1 or v2."""
    for line in Path(f"/proc/{pid}/cgroup").read_text().splitlines():
        number, names, path = line.split(":", 2)
        if controller in names.split(","):
            return Path("/sys/fs/cgroup", controller), path
        if number == "0" and (Path("/sys/fs/cgroup") / "cgroup.controllers").exists():
            return Path("/sys/fs/cgroup"), path
    return None, ""


def in_group(pids, name):
    """Those of the processes that are in a cgroup of this name."""
    return sorted(pid for pid in pids if Path(cgroup_of(pid, "cpuset")[1]).name == name)


def stop_one(pids):
    """One worker stands still for 3 s."""
    return halt(in_group(pids, "cg_0")[:1] or sorted(pids)[:1], 3)


def wake_late(pids):
    """A receiver is let go too late, again and again, after it was woken."""
    for _ in range(8):
        if fault := halt(in_group(pids, "cg_0")[-1:], 0.2):
            return fault
        time.sleep(0.05)
    return ""


def neglect_one(pids):
    """One worker is served far less than its like."""
    os.setpriority(os.PRIO_PROCESS, in_group(pids, "cg_0")[0], 19)


def stray(pids):
    """A worker leaves its cpuset for the other half of the machine."""
    victim = in_group(pids, "cg_0")[0]
    allowed = os.sched_getaffinity(in_group(pids, "cg_1")[0])
    mount, path = cgroup_of(os.getpid(), "cpuset")
    (mount / path.lstrip("/") / "cgroup.procs").write_text(f"{victim}\n")
    os.sched_setaffinity(victim, allowed)


def cut_quota(pids):
    """A whole cgroup gets 10 ms of each second, for a time."""
    mount, path = cgroup_of(pids[0], "cpu")
    group = mount / path.lstrip("/")
    if (group / "cpu.max").exists():
        (group / "cpu.max").write_text("10000 1000000")
        time.sleep(6)
        (group / "cpu.max").write_text("max 100000")
    else:
        (group / "cpu.cfs_period_us").write_text("1000000")
        (group / "cpu.cfs_quota_us").write_text("10000")
        time.sleep(6)
        (group / "cpu.cfs_quota_us").write_text("-1")


# A scenario of each category, how long it is to take, what is done to it, and the check that finds it.
FAULTS = [("basic", "cgroup_steady", 5, stop_one, "gap"),
          ("cpuset", "cgroup_cpuset_clear_midrun", 3, stray, "isolated"),
          ("affinity", "cgroup_affinity_pinned", 2, stray, "isolated"),
          ("sched_class", "sched_batch", 5, neglect_one, "spread"),
          ("dynamic", "cgroup_rapid_churn", 5, stop_one, "gap"),
          ("stress", "cgroup_oversubscribed", 5, stop_one, "gap"),
          ("stall", "stall_detect", 8, cut_quota, "gap"),
          ("advanced", "cgroup_idle_overloaded", 5, stop_one, "gap"),
          ("nested", "nested_cgroup_steady", 5, stop_one, "gap"),
          ("interaction", "nested_cgroup_imbalance", 5, stop_one, "gap"),
          ("performance", "fan_out_wake", 4, wake_late, "wake_cv")]


class Catalog(Live):
    """The cases."""

    def run_whole(self):
        """All of it, once; whatever is in it ends well, and nothing is left behind."""
        names = {path.stem for path in (ROOT / "scenarios").rglob("*.kts")}
        began = time.monotonic()
        self.deadline = 2 * ENOUGH_SECONDS
        run = Run(self, "", options=["--duration", "1s", "--format", "json", ROOT / "scenarios"])
        code = run.end()
        took = time.monotonic() - began
        report = json.loads(run.read(run.out)) if code in (0, 1, 3, 6) else {"scenarios": []}
        for one in report["scenarios"]:
            reasons = "; ".join(reason["message"] for reason in one["reasons"])
            fine = one["status"] == "PASS" or (one["status"] in ("SKIP", "INCONCLUSIVE") and reasons)
            self.tap.check(f"{one['name']}: {one['status']}", "" if fine else f"{one['status']}: {reasons}")
        lost = names ^ {one["name"] for one in report["scenarios"]}
        self.tap.check("each has run once", "" if not lost and len(report["scenarios"]) == len(names) else f"{lost}, code {code}")
        passed = sum(one["status"] == "PASS" for one in report["scenarios"])
        self.tap.check("most of them can run here", "" if passed >= len(names) / 2 else f"only {passed} of {len(names)} passed")
        self.tap.check("it takes less than 5 minutes", "" if took < ENOUGH_SECONDS else f"{took:.0f} s")
        left = run.traces()
        self.tap.check("nothing is left behind", left)

    def measure(self, category, name, seconds, disturb, check):
        """One run, and the reason of this check in it."""
        text = (ROOT / "scenarios" / category / f"{name}.kts").read_text()

        def attempt(pids):
            try:
                return disturb(pids)
            except (OSError, IndexError) as error:
                return f"the workers are not where they should be: {error!r}"

        measured = Measured(self, text, disturb and attempt, ("--duration", f"{seconds}s", "--settle", "100ms"))
        left = measured.run.traces()
        return measured, measured.reason(check), measured.fault or left

    def find_fault(self, category, name, seconds, disturb, check):
        """Its fault is found, and it is not when there is none; other load may spoil a try."""
        for disturbance in disturb, None:
            title = f"{category}: {name} {'finds ' + disturb.__name__ if disturbance else 'is calm without it'}"
            end = time.monotonic() + 2 * self.deadline  # on a loaded machine shares are too small to be unequal
            while True:
                measured, reason, fault = self.measure(category, name, seconds, disturbance, check)
                good = not fault and measured.code in ANY_CODE and (reason is not None) == (disturbance is not None)
                if good or time.monotonic() > end:
                    # Other load may delay anybody all the time; but that is no FAIL.
                    good = good or (not disturbance and not fault and measured.code == 6)
                    break
            self.tap.check(title, "" if good else f"{fault or ('no' if disturbance else 'a')} reason of {check}\n{measured.run.printed()}")

    def find_faults(self, chosen):
        """Each category has a scenario that can fail."""
        categories = {path.name for path in (ROOT / "scenarios").iterdir()} - {"canned", "beyond"}
        self.tap.check("each category", "" if categories == {fault[0] for fault in FAULTS} else f"{categories}")
        for fault in FAULTS:
            if chosen and fault[0] not in chosen:
                continue
            if self.root and self.has_cgroups:
                self.find_fault(*fault)
            else:
                self.tap.skipped(f"{fault[0]}: {fault[1]}", "this takes root and cgroups")


def main():
    """Runs every case."""
    parser = program_parser(__doc__)
    parser.add_argument("--faults", nargs="*", metavar="CATEGORY", help="only these")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="kts-live-") as folder:
        Path(folder).chmod(0o755)
        live = Catalog(arguments, Path(folder))
        live.find_faults(arguments.faults)
        if arguments.faults is None:
            live.run_whole()
    live.tap.finish()


if __name__ == "__main__":
    main()
