"""The canned set: three that start their load at once, and short names."""

from fractions import Fraction

from facts import BY_NAME, each, holds
import facts_changing  # noqa: F401 (registers what the short names stand for)
import facts_steady  # noqa: F401 (likewise)

AT_ONCE = Fraction(0)
SHORT = {"cpuset_apply": "cgroup_cpuset_apply_midrun", "cpuset_clear": "cgroup_cpuset_clear_midrun",
         "cpuset_resize": "cgroup_cpuset_resize", "cgroup_add": "cgroup_add_midrun",
         "cgroup_remove": "cgroup_remove_midrun", "affinity_change": "cgroup_affinity_change",
         "affinity_pinned": "cgroup_multicpu_pin", "host_contention": "host_cgroup_contention",
         "mixed_workloads": "cgroup_imbalance_mixed_workload", "nested_steady": "nested_cgroup_steady",
         "nested_task_move": "nested_cgroup_task_move"}

CATALOG = set(BY_NAME)  # what has a category of its own

holds("steady", "canned", each(), settle=AT_ONCE)
# Whole LLCs: the machine's last CPU stays in.
holds("steady_llc", "canned", each(), lambda m: [m.llc(0), m.llc(1)] if m.llcs > 1 else [[]], settle=AT_ONCE)
holds("oversubscribed", "canned", each(2, 32, "mixed"), settle=AT_ONCE)
for short, name in SHORT.items():
    BY_NAME[short] = {**BY_NAME[name], "category": "canned", "requires": [], "excludes": []}
