#!/usr/bin/env python3
"""Which scenarios a command is about, and what is said of them without running any.

    choice.py --ktstrc build/ktstrc --ktstr build/ktstr [--sanitized]

Names of the catalog, where it is found, categories, profiles of flags, folders, list and show.
"""

import itertools
import json
import re
import shutil
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "lib"))
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "report"))
from programs import ROOT, environment, program_parser, run  # noqa: E402
from readers import parse, read_page  # noqa: E402
from tap import Tap  # noqa: E402

# The flags that every file knows, in their order, and what they need.
FLAGS = {"llc": (), "borrow": (), "steal": ("llc",), "rebal": (), "reject_pin": (), "no_ctrl": ()}
OWN = """flag fast requires llc
param heavy = 3 "workers that weigh"
scenario mine "One of our own" {
    category = "own"
    needs topo.cpus >= 8   "room"
    needs size(all) <
        1000
    requires fast
    excludes rebal
    cgroup left { spawn heavy cpu_spin }
    hold 1s
}
scenario other { category = "own"; cgroup left { spawn 2 cpu_spin }; hold 1s }
"""


def profiles(requires=(), excludes=()):
    """All sets of flags that have what they need, by the rule itself."""
    names = list(FLAGS)
    for mask in range(2 ** len(names)):
        chosen = [name for i, name in enumerate(names) if mask >> i & 1]
        if (all(need in chosen for name in chosen for need in FLAGS[name])
                and set(requires) <= set(chosen) and not set(excludes) & set(chosen)):
            yield "+".join(chosen) or "default"


class Choice:
    """The programs, a scratch folder, and the results."""

    def __init__(self, arguments, folder):
        self.tap = Tap()
        self.folder = folder
        self.ktstr, self.ktstrc = arguments.ktstr, arguments.ktstrc
        self.slower = 6 if arguments.sanitized else 1
        (folder / "own.kts").write_text(OWN)

    def run(self, *argv, **options):
        """One run of ktstr in the scratch folder."""
        return run([self.ktstr, *argv], deadline=30 * self.slower, cwd=self.folder, **options)

    def says(self, name, argv, code, out="", errors="", **options):
        """A command ends with this code; all of its outputs match these patterns."""
        result = self.run(*argv, **options)
        fault = ""
        if result.code != code:
            fault = f"should end with {code}"
        elif not re.search(out, result.text) or not re.search(errors, result.errors):
            fault = f"should print {out!r} and say {errors!r}"
        self.tap.check(name, fault and f"{fault}: {result.summary()}")
        return result

    def check_names(self):
        """A scenario of the catalog by its name."""
        self.says("plan: a name", ["plan", "--quiet", "cgroup_steady"], 0, r"^PASS cgroup_steady on ")
        self.says("plan: names, a file and an image", ["plan", "--quiet", "--topo", "1n1l8c1t", "steady", "own.kts", "stall_detect"],
                  0, r"(?s)^PASS steady .*PASS mine .*PASS other .*PASS stall_detect ")
        self.says("plan: a misspelt name", ["plan", "cgroup_stedy"], 2, "^$", "no file or scenario 'cgroup_stedy'; did you mean 'cgroup_steady'")
        self.says("exec: a misspelt name", ["exec", "cgroup_stedy"], 2, "^$", "did you mean 'cgroup_steady'")
        self.says("exec: like no name at all", ["exec", "zzzzzzzzzz"], 2, "^$", "no file or scenario 'zzzzzzzzzz'")
        self.says("exec: a missing file is no name", ["exec", "cgroup_steady.kts"], 2, "^$", r"cgroup_steady\.kts: No such file")
        (self.folder / "steady").write_text(OWN.replace("mine", "a_file"))
        self.says("plan: a file of that name", ["plan", "--quiet", "--topo", "1n1l8c1t", "steady"], 0, r"^PASS a_file ")
        (self.folder / "steady").unlink()
        self.says("plan: all of a name", ["plan", "--quiet", "-k", "steady*"], 0, r"(?m)^PASS steady on ")
        self.says("exec: nothing is all", ["exec"], 2, "^$", "which file")
        self.says("plan: an empty folder", ["plan", self.scratch("empty")], 2, "^$", r"no \.kts files")

    def scratch(self, name):
        """A new folder."""
        (self.folder / name).mkdir()
        return name

    def check_places(self):
        """The catalog is found beside the program, where it was built or installed; or where we say."""
        (self.folder / "there/bin").mkdir(parents=True)
        ktstr = shutil.copy(self.ktstr, self.folder / "there/bin")
        elsewhere = self.folder / "some.where/basic"
        elsewhere.mkdir(parents=True)
        shutil.copy(ROOT / "scenarios/basic/cgroup_steady.kts", elsewhere)
        listed = run([ktstr, "list"], deadline=30)
        if not Path("/usr/local/share/ktstr/scenarios").exists():
            self.tap.check("no catalog anywhere", "" if listed.code == 2 and "KTSTR_CATALOG" in listed.errors else listed.summary())
        shutil.copytree(ROOT / "scenarios", self.folder / "there/share/ktstr/scenarios")
        listed = run([ktstr, "list"], deadline=30)
        built = self.run("list")
        self.tap.check("installed and built have the same", "" if listed.out == built.out and listed.code == 0 else listed.summary())
        for path, code, lines in ((elsewhere.parent, 0, 1), (self.folder / "nowhere", 2, 0), (self.folder / "empty", 2, 0)):
            found = self.run("list", env=environment(KTSTR_CATALOG=str(path)))
            self.tap.check(f"KTSTR_CATALOG={path.name}", "" if (found.code, found.text.count("\n")) == (code, lines) else found.summary())

    def check_list(self):
        """What list says of every scenario of the catalog."""
        files = {path.stem: path for path in (ROOT / "scenarios").rglob("*.kts")}
        listed = json.loads(self.run("list", "--format", "json").out)
        self.tap.check("list: the schema", "" if listed["schema"] == "ktstr.list/1" else listed["schema"])
        found = {one["name"]: one for one in listed["scenarios"]}
        self.tap.check("list: all of them", "" if set(found) == set(files) else f"{set(found) ^ set(files)}")
        faults = []
        for name, one in found.items():
            text = files[name].read_text()
            clauses = {clause: [flag for line in re.findall(rf"^    {clause} (.*)$", text, re.M) for flag in line.split(", ")]
                       for clause in ("requires", "excludes")}
            wanted = {"category": files[name].parent.name, "needs": re.findall(r"^    needs (.*)$", text, re.M),
                      "profiles": len(list(profiles(**clauses))), "line": 1 + text[:text.index("\nscenario ") + 1].count("\n"), **clauses}
            wanted["requires"] = sorted({*wanted["requires"], *(need for flag in wanted["requires"] for need in FLAGS[flag])}, key=list(FLAGS).index)
            faults += [f"{name}: {key} is {one[key]}, not {value}" for key, value in wanted.items() if one[key] != value]
            if Path(one["file"]).resolve() != files[name] or one["bound_ns"] <= 0:
                faults.append(f"{name}: {one['file']}, {one['bound_ns']} ns")
        self.tap.check("list: what each is", "\n".join(faults[:6]))
        lines = self.run("list", "-k", "nested_*", "--category", "nested", "--category", "advanced").text
        self.tap.check("list: of two categories", "" if [line.split()[0] for line in lines.splitlines()] == [
            "nested_cgroup_no_ctrl", "nested_cgroup_cpuset", "nested_cgroup_rapid_churn", "nested_cgroup_steady",
            "nested_cgroup_task_move"] else lines)
        self.says("list: an unknown category", ["list", "--category", "nestde"], 2, "^$", "no category 'nestde'; did you mean 'nested'")
        self.says("list: nothing", ["list", "-k", "zzz*"], 5, "^$", "no scenario was selected")
        self.says("list: a file", ["list", "own.kts"], 0, r"(?m)^mine +own +One of our own$")
        self.says("list: another format", ["list", "--format", "tap"], 2, "^$", "formats human and json")
        self.says("plan: an unknown category", ["plan", "--category", "nestde"], 2, "^$", "did you mean 'nested'")

    def check_show(self):
        """What show says of one."""
        shown = self.run("show", "own.kts", "-k", "mine").text
        head, _, source = shown.partition("\n\n")
        wanted = [r"mine: One of our own$", r"  category +own$", r"  file +own\.kts:3$", r'  needs +topo\.cpus >= 8 "room"$',
                  r" +size\(all\) < 1000$", r"  requires +llc, fast$", r"  excludes +rebal$", r"  profiles +16 of flags",
                  r"  takes +at most 1\.1s$", r"  params +-D heavy=int: workers that weigh$",
                  r"  runs on +22 of 24 presets, but not on$", r" +tiny-1llc: SKIP: room$"]
        missing = [pattern for pattern in wanted if not re.search(pattern, head, re.M)]
        self.tap.check("show: a scenario", "" if not missing and source == OWN else f"{missing}: {shown}")
        one = json.loads(self.run("show", "--format", "json", "cgroup_llc_overflow").out)["scenarios"][0]
        self.tap.check("show --format json: profiles", "" if sorted(one["profile_names"]) == sorted(profiles(("llc", "steal")))
                       else str(one["profile_names"]))
        self.tap.check("show --format json: the rest", "" if len(one["presets"]) == 24
                       and {preset["status"] for preset in one["presets"]} == {"PASS"} and one["params"] == []
                       and one["source"] == (ROOT / "scenarios/advanced/cgroup_llc_overflow.kts").read_text() else str(one))
        run([self.ktstrc, "build", "own.kts"], cwd=self.folder)
        self.says("show: an image", ["show", "own.ktb", "-k", "mine"], 0, r"(?s)^mine: .*requires +llc, fast.*flag fast requires llc")
        self.says("show: nothing named", ["show"], 2, "^$", "which scenario")
        self.says("show: a misspelt name", ["show", "cgroup_stedy"], 2, "^$", "did you mean 'cgroup_steady'")

    def check_profiles(self):
        """--profile: each set of flags that a scenario allows, and no other."""
        for name, requires, excludes in (("cgroup_steady", (), ()), ("cgroup_llc_overflow", ("llc", "steal"), ()),
                                         ("cgroup_affinity_change", (), ("reject_pin",)),
                                         ("cgroup_no_ctrl_imbalance", ("no_ctrl", "borrow"), ())):
            planned = json.loads(self.run("plan", "--format", "json", "--profile", "all", name).out)["scenarios"]
            wanted = sorted(profiles(requires, excludes))
            found = sorted(one["profile"] for one in planned)
            bad = [one for one in planned if one["status"] != "PASS" or one["name"] != f"{name}/{one['profile']}"]
            self.tap.check(f"--profile all: {name}", "" if found == wanted and not bad else f"{found}\n{wanted}\n{bad[:1]}")
        self.says("--profile: one that is not allowed", ["plan", "--profile", "default", "cgroup_llc_overflow"], 4,
                  "SKIP cgroup_llc_overflow/default .*\n.*requires the flag 'llc', which is not on")
        self.says("--profile: one that is excluded", ["plan", "--profile", "reject_pin", "cgroup_affinity_change"], 4,
                  "excludes the flag 'reject_pin', which is on")
        self.says("--profile: what a flag needs", ["plan", "--profile", "steal", "steady"], 2, "^$", "'steal' needs 'llc'")
        self.says("--profile: in any order, once", ["plan", "--quiet", "--profile", "steal+llc", "--profile", "llc+steal", "steady"], 0,
                  r"\APASS steady/llc\+steal on .*\n\Z")
        self.says("--profile: a flag of the file", ["plan", "--quiet", "--topo", "1n1l8c1t", "--profile", "llc+fast", "own.kts", "steady"], 0,
                  r"(?s)PASS mine/llc\+fast .*PASS other/llc\+fast .*SKIP steady/llc\+fast .*has no flag 'fast'")
        for option, value, says in (("--profile", "llc+stel", "no flag or profile 'stel'; did you mean 'steal'"),
                                    ("--profile", "defualt", "did you mean 'default'"), ("--profile", "", "no flag or profile ''"),
                                    ("--profile", "llc+", "no flag or profile ''"), ("--flags", "llcc", "no flag 'llcc'; did you mean 'llc'"),
                                    ("--flags", "no-ctrl", "did you mean 'no_ctrl'")):
            self.says(f"{option} '{value}'", ["plan", option, value, "steady"], 2, "^$", re.escape(says))
        self.says("--flags and --profile", ["plan", "--flags", "llc", "--profile", "llc", "steady"], 2, "^$", "both")
        many = "".join(f"flag f{i}\n" for i in range(20)) + "scenario many { cgroup a { spawn cpu_spin }; hold 1s }\n"
        (self.folder / "many.kts").write_text(many)
        self.says("--profile all: too many", ["plan", "--profile", "all", "many.kts"], 2, "^$", "'many' has more than 4096 profiles")
        self.says("show: too many", ["show", "many.kts"], 0, "4096 and more of flags")

    def check_arguments(self):
        """The arguments of a scheduler go with the profile, and so does the report's name."""
        text = """scheduler probe { exec = "true"; args = ["always"]; flag llc { args = ["--llc"] }; flag borrow { args = ["--lend"] } }
scenario under { scheduler = probe; requires llc; cgroup a { spawn cpu_spin }; hold 50ms }
"""
        (self.folder / "under.kts").write_text(text)
        planned = json.loads(self.run("plan", "--format", "json", "--profile", "llc+borrow", "--profile", "llc", "under.kts").out)
        starts = [(one["profile"], [event["value"] for event in one["events"] if event["op"] == "scheduler"]) for one in planned["scenarios"]]
        wanted = [("llc+borrow", ["true always --llc --lend"]), ("llc", ["true always --llc"])]
        self.tap.check("the scheduler's arguments", "" if starts == wanted else f"{starts}, not {wanted}")
        names = [f"{name}/{profile}" for name, profile in itertools.product(("mine", "other"), ("fast+llc", "default"))]
        result = self.run("exec", "--backend", "plan", "--format", "json", "--duration", "50ms", "--profile", "fast+llc",
                          "--profile", "default", "own.kts")
        found = [(one["name"], one["profile"], one["index"]) for one in json.loads(result.out)["scenarios"]]
        order = [(name.replace("fast+llc", "llc+fast"), name.split("/")[1].replace("fast+llc", "llc+fast"), i) for i, name in enumerate(names)]
        self.tap.check("exec: a run for each profile", "" if found == order else f"{found}, not {order}")

    def check_page(self):
        """plan --report html: the table of the gauntlet as a page, with the reasons."""
        result = self.run("plan", "--gauntlet", "--report", "html=page.html")
        page = read_page((self.folder / "page.html").read_bytes())
        cells = [(attributes["class"], attributes.get("title", "")) for tag, attributes in page.elements if tag == "td" and "class" in attributes
                 and not attributes["class"].startswith(("verdict", "dim"))]
        lines = [line.split(None, 3) for line in result.text.splitlines()]
        told = sorted(({"runs": "PASS"}.get(line[2], line[2]), line[3] if len(line) > 3 else "") for line in lines)
        self.tap.check("page: all that the table has", "" if sorted(cells) == told and result.code == 0 else f"{len(cells)} cells, {len(told)} lines")
        self.tap.check("page: no SKIP without a reason, nothing else", "" if all(
            status == "PASS" or (status == "SKIP" and reason) for status, reason in cells) else str(set(cells)))
        complaints = json.loads(parse("html", (self.folder / "page.html").read_bytes()))["complaints"]
        self.tap.check("page: html-validate has nothing to say of it", "\n".join(complaints[:10]))
        text = (self.folder / "page.html").read_text()
        for word in "prefers-color-scheme:dark", "numa2-8llc · 2n8l8c2t", "needs topo.nodes &gt;= 2; here topo.nodes is 1":
            self.tap.check(f"page: {word}", "" if word in text else "it is not there")
        hostile = """scenario evil { category = "<script>alert(1)</script>"
skip "\\"><img src=x onerror=alert(2)>" if topo.cpus < 5
cgroup a { spawn cpu_spin }
hold 1s }
"""
        (self.folder / "hostile.kts").write_text(hostile)
        self.says("page: hostile texts", ["plan", "--topo", "1n1l2c1t", "--topo", "1n1l8c1t", "--report", "html=page.html", "hostile.kts"], 0)
        elements = read_page((self.folder / "page.html").read_bytes()).elements  # raises what it cannot stand
        shown = {attributes["title"] for tag, attributes in elements if "title" in attributes}
        self.tap.check("page: they are shown", "" if shown == {'"><img src=x onerror=alert(2)>'} else str(shown))
        self.says("page: of this machine", ["plan", "--report", "html=page.html", "steady"], 0)
        self.says("plan: another report", ["plan", "--report", "junit=x", "steady"], 2, "^$", "in html, not in junit")
        self.says("plan: a report that cannot be written", ["plan", "--report", "html=no/such", "steady"], 3, "", "no/such")

    def check_folders(self):
        """ktstrc check looks for programs in folders, as ktstr does."""
        tree = self.folder / "tree/deep"
        tree.mkdir(parents=True)
        (tree / "a.kts").write_text("scenario deep { hold 1s }\n")
        (tree.parent / "b.kts").write_text("scenario shallow { hold 1s }\n")
        (tree.parent / ".hidden.kts").write_text("broken\n")
        (tree.parent / "notes.txt").write_text("broken\n")
        cases = {"check: a folder": (["tree"], 0, r"\Atree/b\.kts: .*\ntree/deep/a\.kts: .*\n(?!.*(hidden|notes))"),
                 "check: a folder and a file": (["own.kts", "tree/"], 0, r"(?s)\Aown\.kts: .*tree/deep/a\.kts: "),
                 "check: the catalog": ([ROOT / "scenarios"], 0, r"(?s)cgroup_steady\.kts: .*steady_llc\.kts: "),
                 "check: a folder without programs": (["empty"], 2, r"no \.kts files")}
        for name, (argv, code, says) in cases.items():
            result = run([self.ktstrc, "check", *argv], deadline=30 * self.slower, cwd=self.folder)
            self.tap.check(name, "" if result.code == code and re.search(says, result.text + result.errors) else result.summary())
        (tree / "c.kts").write_text("scenario deep { hodl 1s }\n")
        result = run([self.ktstrc, "check", "tree"], deadline=30, cwd=self.folder)
        self.tap.check("check: an error in a folder", "" if result.code == 1 and "tree/deep/c.kts:1:" in result.errors else result.summary())


def main():
    """Reads the command line and runs all cases."""
    arguments = program_parser(__doc__).parse_args()
    with tempfile.TemporaryDirectory() as folder:
        choice = Choice(arguments, Path(folder))
        choice.check_names()
        choice.check_places()
        choice.check_list()
        choice.check_show()
        choice.check_profiles()
        choice.check_arguments()
        choice.check_page()
        choice.check_folders()
        choice.tap.finish()


if __name__ == "__main__":
    main()
