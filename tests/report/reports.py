#!/usr/bin/env python3
"""Every format says the same of a run, and readers that are not ours take it.

    reports.py --ktstrc build/ktstrc --ktstr build/ktstr [--sanitized]
"""

import difflib
import copy
import json
import os
import re
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "lib"))
sys.path.insert(0, str(HERE))
from programs import environment, program_parser, run  # noqa: E402
from readers import READERS, SCHEMA, Wrong, need, read_page  # noqa: E402
from tap import Tap  # noqa: E402

VERDICTS = [("PASS", "passes"), ("FAIL", "fails"), ("SKIP", "skips"), ("BROKEN", "breaks"),
            ("INCONCLUSIVE", "says_nothing"), ("TIMEOUT", "hangs")]
CODES = {"PASS": 0, "FAIL": 1, "SKIP": 4, "BROKEN": 3, "INCONCLUSIVE": 6, "TIMEOUT": 3}
# What would end a line, a tag, a cell, a command, a string or a terminal's patience.
HOSTILE = ["a<b>&\"'c", "x # SKIP y", "50%, a:b", "| `c` *d* [e](f) @g", "\x1b[31mred\x07", "line\nok 9 - fake\r\n::error::x",
           "]]><script>alert(1)</script>", "\\ \\# \"", "ünï ✓ \ufffe \u0085", "Bail out!", "...", "---"]


class Reports:
    """The program, a scratch folder and the results."""

    def __init__(self, arguments, folder):
        self.tap = Tap()
        self.ktstr = arguments.ktstr
        self.slower = 6 if arguments.sanitized else 1
        self.folder = folder

    def ktstr_run(self, *words, **options):
        """One run of the program."""
        return run([self.ktstr, *words], deadline=30 * self.slower, cwd=self.folder, **options)

    def check(self, name, test):
        """A case that complains by raising Wrong."""
        try:
            test()
        except (Wrong, KeyError, ValueError, IndexError, SyntaxError) as fault:
            self.tap.failed_with(name, f"{type(fault).__name__}: {fault}")
        else:
            self.tap.passed(name)

    def check_verdicts(self):
        """One run of all verdicts, in every format at once."""
        words = [f"--report={name}={name}.out" for name in READERS]
        result = self.ktstr_run("exec", *words, HERE / "verdicts.kts")
        self.tap.check("exec: every verdict at once ends with 1", "" if result.code == 1 else result.summary())
        for name, reader in READERS.items():
            wanted = {"github": [pair for pair in VERDICTS if pair[0] != "PASS"]}.get(name, VERDICTS)
            content = (self.folder / f"{name}.out").read_bytes()

            def same(reader=reader, content=content, wanted=wanted, name=name):
                found = reader(content)
                need(sorted(found) == sorted(wanted), f"{name} tells {found}")
            self.check(f"{name}: every verdict", same)
        for status, name in VERDICTS:
            result = self.ktstr_run("exec", "--quiet", "-k", name, HERE / "verdicts.kts")
            self.tap.check(f"exec: {status} ends with {CODES[status]}", "" if result.code == CODES[status] else result.summary())
        for name, reader in READERS.items():
            result = self.ktstr_run("exec", "-k", "skips", "--format", name, HERE / "verdicts.kts")
            self.check(f"{name}: on standard output", lambda reader=reader, result=result:
                       need(reader(result.out) == [("SKIP", "skips")] and result.code == 4, result.summary()))

    def check_hostile(self):
        """Names and texts from outside are only that in every format."""
        report = json.loads((self.folder / "json.out").read_bytes())
        by_status = {scenario["status"]: scenario for scenario in report["scenarios"]}
        report["scenarios"] = []
        for at, word in enumerate(HOSTILE):
            scenario = copy.deepcopy(by_status[VERDICTS[at % len(VERDICTS)][0]])
            scenario.update(name=word, index=at, description=word, category=word, file=word + ".kts", notes=[word])
            scenario["steps"] = [{"name": word, "start_ns": 0, "end_ns": 1000}]
            for reason in scenario["reasons"]:
                reason.update(check=word, message=word, cgroup=word, note=word, file=word)
            for group in copy.deepcopy(by_status["PASS"]["groups"]):
                scenario["groups"].append({**group, "cgroup": word, "work": word})
            scenario["payloads"] = [{"name": word, "cgroup": word, "pid": 1, "stopped": False, "exit_code": 1, "wall_ns": 5,
                                     "output_cut": False, "metrics": {word: 1.5}}]
            scenario["events"] = [{"t_ns": 0, "op": "cgroup", "cgroup": word, "cpus": word, "text": word, "file": word, "line": 1}]
            report["scenarios"].append(scenario)
            counts = report["totals"]
        report["totals"] = {name: sum(s["status"].lower() == name for s in report["scenarios"]) for name in counts}
        (self.folder / "hostile.json").write_text(json.dumps(report))
        for name, reader in READERS.items():
            result = self.ktstr_run("merge", "hostile.json", "--format", name)
            self.check(f"{name}: hostile names", lambda reader=reader, result=result: self.count(reader, result))
            stray = re.sub(rb"[\n]", b"", result.out)
            self.tap.check(f"{name}: no control bytes", "" if not re.search(rb"[\x00-\x1f\x7f]", stray) else repr(stray))
        human = self.ktstr_run("merge", "hostile.json", "--format", "human", "--verbose")
        self.tap.check("human: no control bytes of hostile names",
                       "" if not re.search(rb"[\x00-\x09\x0b-\x1f\x7f]", human.out) else human.summary())
        again = self.ktstr_run("merge", "hostile.json", "--format", "json")
        told = [scenario["name"] for scenario in json.loads(again.out)["scenarios"]]
        self.tap.check("json: hostile names come back as they were", "" if told == HOSTILE else repr(told))

    @staticmethod
    def count(reader, result):
        """All of them are there, and no more."""
        found = [verdict for verdict, _ in reader(result.out)]
        wanted = [VERDICTS[at % len(VERDICTS)][0] for at in range(len(HOSTILE))]
        if reader is READERS["github"]:
            wanted = [verdict for verdict in wanted if verdict != "PASS"]
        need(sorted(found) == sorted(wanted), f"{found}\n{result.summary()}")

    def check_numbers(self):
        """The page and the trace have the figures of the JSON."""
        report = json.loads((self.folder / "json.out").read_bytes())
        groups = [group for scenario in report["scenarios"] for group in scenario["groups"]]

        def page():
            elements = read_page((self.folder / "html.out").read_bytes()).elements
            rows, cells = [], None
            for tag, attributes in elements:
                if tag == "tr":
                    cells = {}
                    if attributes.get("class") == "group":
                        rows.append(cells)
                elif tag == "td" and cells is not None:
                    cells.update({key[5:]: value for key, value in attributes.items() if key.startswith("data-")})
            need(len(rows) == len(groups) > 0, f"{len(rows)} rows of {len(groups)} groups")
            for row, group in zip(rows, groups):
                cpu, wall = (sum(worker[key] for worker in group["each"]) for key in ("cpu_ns", "wall_ns"))
                need(abs(float(row["share"]) - 100 * cpu / wall) < 0.001 if wall else True, f"share: {row}")
                need(int(row["migrations"]) == sum(worker["migrations"] for worker in group["each"]), f"migrations: {row}")
                for metric, value in group["metrics"].items():
                    told = row.get(metric)
                    wanted = None if value is None else float(not value) if isinstance(value, bool) else float(value)
                    need((told is None) == (wanted is None) and (told is None or float(told) == wanted), f"{metric}: {told} and {value}")
            bars = [int(attributes["data-count"]) for tag, attributes in elements if tag == "rect" and "data-count" in attributes]
            counted = sum(group["histogram"]["count"] for group in groups if group["histogram"])
            need(sum(bars) == counted > 0, f"{sum(bars)} wakes are drawn of {counted}")
            marks = [int(attributes["data-at"]) for tag, attributes in elements if tag == "a" and "data-at" in attributes]
            reasons = [reason for scenario in report["scenarios"] if scenario["duration_ns"] for reason in scenario["reasons"]]
            need(marks == [reason.get("at_ns", -1) for reason in reasons] and marks, f"findings: {marks}")
            steps = [(int(a["data-start"]), int(a["data-end"])) for tag, a in elements if a.get("class") == "step"]
            need(steps == [(step["start_ns"], step["end_ns"]) for s in report["scenarios"] for step in s["steps"]] and steps, f"steps: {steps}")
            sets = sum(attributes.get("class") == "set" for _, attributes in elements)
            made = sum(event["op"] == "cgroup" for s in report["scenarios"] for event in s.get("events", []))
            need(sets == made > 0, f"{sets} cpusets are drawn of {made}")
        self.check("html: its numbers are those of the JSON", page)

        def trace():
            events = json.loads((self.folder / "perfetto.out").read_bytes())["traceEvents"]
            slices = [event for event in events if event["ph"] == "X"]
            base = 0
            for at, scenario in enumerate(report["scenarios"], 1):
                own = {(event["name"], round(event["dur"], 3)) for event in slices if event["pid"] == at}
                for step in scenario["steps"]:
                    length = (step["end_ns"] - step["start_ns"]) / 1000
                    need(any(name == step["name"] and abs(dur - length) < 0.01 for name, dur in own), f"no {step} in {own}")
                base += scenario["duration_ns"]
            end = max(event["ts"] + event["dur"] for event in slices)
            need(abs(end * 1000 - base) < 2000, f"the trace ends at {end}, the run at {base}")
            need(sum(event["ph"] == "i" for event in events) == sum(len(s["reasons"]) for s in report["scenarios"]), "findings")
            need(any(event["ph"] == "C" for event in events), "no counters")
        self.check("perfetto: its numbers are those of the JSON", trace)

    def check_text(self):
        """Quiet when all is well; tables of 80 columns of ASCII."""
        result = self.ktstr_run("exec", "-k", "passes", HERE / "verdicts.kts")
        lines = result.text.split("\n")
        self.tap.check("human: one line and its note where all is well",
                       "" if len(lines) == 4 and lines[0].startswith("PASS passes") and lines[2] == "1 passed" else result.summary())
        result = self.ktstr_run("merge", "hostile.json", "--format", "human", "--verbose")
        table = [line for line in result.text.split("\n") if re.search(r"%  ?[#+.]{8}|^  cgroup .*on CPU", line)]
        long = [line for line in table if len(line) > 80]
        self.tap.check("human: tables have 80 columns at most", "\n".join(long) if table else result.summary())
        self.tap.check("human: a histogram where it is asked for",
                       "" if re.search(r"wake latency \S+ \S+ \[[.:=+*#%@ -]+\] \S+ \S+, \d+ wakes", result.text) else result.summary())

    def check_summary(self):
        """GitHub's summary is added to; paths of annotations are the repository's."""
        summary = self.folder / "summary.md"
        summary.write_text("before\n")
        (self.folder / "sub").mkdir()
        (self.folder / "sub/v.kts").write_text((HERE / "verdicts.kts").read_text())
        env = environment(GITHUB_STEP_SUMMARY=str(summary), GITHUB_WORKSPACE=str(self.folder))
        result = run([self.ktstr, "exec", "-k", "fails", "--format", "github", "v.kts"], deadline=30, cwd=self.folder / "sub", env=env)
        self.tap.check("github: paths from the top of the repository",
                       "" if re.search(r"::error file=sub/v\.kts,line=\d+,col=5,", result.text) else result.summary())
        text = summary.read_text()
        self.tap.check("github: the step's summary is added to", "" if text.startswith("before\n### ktstr: 1 failed") else text)
        env["GITHUB_STEP_SUMMARY"] = "/dev/full"
        result = run([self.ktstr, "exec", "-k", "skips", "--format", "github", "v.kts"], deadline=30, cwd=self.folder / "sub", env=env)
        self.tap.check("github: a summary that cannot be written is told", "" if result.code == 3 and "STEP_SUMMARY" in result.errors else result.summary())

    def check_writing(self):
        """What cannot be written is told, and takes neither the verdict nor the other reports along."""
        for name in READERS:
            result = self.ktstr_run("exec", "-k", "fails", f"--report={name}=/dev/full", "--report=json=kept.json", HERE / "verdicts.kts")
            kept = json.loads((self.folder / "kept.json").read_bytes())["totals"]["fail"]
            self.tap.check(f"{name}: into a full disk", "" if result.code == 1 and "No space left" in result.errors and kept == 1 else result.summary())
            (self.folder / "kept.json").unlink()
            with open("/dev/full", "wb") as full:
                result = self.ktstr_run("exec", "-k", "skips", "--format", name, "--report=json=kept.json", HERE / "verdicts.kts", stdout=full)
            fine = result.code == 3 and "No space left" in result.errors and "1 skipped" in result.errors and (self.folder / "kept.json").exists()
            self.tap.check(f"{name}: standard output on a full disk", "" if fine else result.summary())
        # A reader that has gone.
        reading, writing = os.pipe()
        os.close(reading)
        with os.fdopen(writing, "wb") as pipe:
            result = self.ktstr_run("exec", "-k", "fails", "--format", "ktap", HERE / "verdicts.kts", stdout=pipe)
        self.tap.check("ktap: a pipe without a reader", "" if result.code == 1 and "Broken pipe" in result.errors and "1 failed" in result.errors else result.summary())
        before = sorted(self.folder.iterdir())
        (self.folder / "there").mkdir()
        result = self.ktstr_run("exec", "-k", "skips", "--report=html=there", HERE / "verdicts.kts")
        (self.folder / "there").rmdir()
        left = sorted(self.folder.iterdir())
        self.tap.check("a report in a folder's place leaves nothing behind", "" if result.code == 3 and left == before else f"{result.summary()}\n{left}")

    def check_round_trip(self):
        """What a report tells comes back from it, whatever a run has to tell."""
        text = ("proc blame(g: cgroup) {\n    fail \"in a call\"\n}\n"
                "scenario s {\n    cgroup a { spawn 4 cpu_spin { swappable = true; policy = batch } }\n"
                "    cgroup b { spawn 3 cpu_spin { swappable = true } }\n    blame(a)\n"
                "    run p in b\n    hold 50ms\n    expect { no gap; no spread }\n}\n"
                "payload p { exec = \"/bin/echo\"; args = [\"rate: 12.5\"] }\n")
        (self.folder / "all.kts").write_text(text)
        result = self.ktstr_run("exec", "--work-type", "pipe_io", "--report=html=all.html", "--format", "json", "all.kts")
        (self.folder / "all.json").write_bytes(result.out)
        self.tap.check("json: a run with calls, swaps, payloads and events",
                       "" if all(word in result.text for word in ('"call"', '"swaps"', '"replaces"', '"exit_code"', '"events"')) else result.summary())
        self.check("json: it is as the schema says", lambda: READERS["json"](result.out))
        again = self.ktstr_run("merge", "all.json")
        self.tap.check("json: it comes back whole", "" if again.out == result.out else again.summary())
        page = self.ktstr_run("merge", "--format", "html", "all.json")
        wanted = (self.folder / "all.html").read_text().splitlines()
        self.tap.check("html: the same from the report", "\n".join(difflib.unified_diff(wanted, page.text.splitlines(), "run", "merge", lineterm="")))

    def check_schema(self):
        """The program has the schema with it."""
        result = self.ktstr_run("schema")
        self.tap.check("schema: the one of the tree", "" if result.code == 0 and result.out == SCHEMA.read_bytes() else result.summary())
        result = self.ktstr_run("schema", "x")
        self.tap.check("schema: takes nothing", "" if result.code == 2 and "'x'" in result.errors else result.summary())

    def check_events(self):
        """What is left out of pictures is told in them."""
        text = "scenario many {\n    repeat %d times { sleep 1ns }\n    expect topo.cpus > 0\n}\n"
        for turns, told in ((9000, False), (20000, True)):
            (self.folder / "many.kts").write_text(text % turns)
            result = self.ktstr_run("exec", "--report=perfetto=many.trace", "--report=html=many.html", "--format", "json", "many.kts")
            scenario = json.loads(result.out)["scenarios"][0]
            kept = len(scenario["events"])
            note = f"of {turns + 1} events {turns + 1 - kept} are in no picture: all but the first {kept - 1} and the last"
            need_all = scenario["notes"] == ([note] if told else []) and kept == min(turns + 1, 10000)
            self.tap.check(f"json: of {turns} events those that are left out are told", "" if need_all else f"{kept} {scenario['notes']}")
            for name in ("many.trace", "many.html"):
                self.tap.check(f"{name}: likewise", "" if (note in (self.folder / name).read_text()) == told else name)

    def check_alike(self):
        """A thousand findings of one kind do not hide the others from who reads; programs get all."""
        text = "scenario alike {\n    repeat %d times { expect topo.cpus == 0 }\n    expect topo.nodes == 0\n}\n"
        for turns, shown in ((4, 4), (5, 3), (1000, 3)):
            (self.folder / "alike.kts").write_text(text % turns)
            brief = self.ktstr_run("exec", "--report=json=alike.json", "alike.kts")
            whole = self.ktstr_run("exec", "--verbose", "alike.kts")
            known = json.loads((self.folder / "alike.json").read_text())["scenarios"][0]["reasons"]
            more = re.findall(rb"note: (\d+) more like these", brief.out)
            told = (brief.out.count(b"fail[expect]"), [int(count) for count in more], whole.out.count(b"fail[expect]"), len(known))
            wanted = (shown + 1, [turns - shown] if turns > shown else [], turns + 1, turns + 1)
            self.tap.check(f"human: of {turns} findings alike {shown} are shown", "" if told == wanted else f"{told}\n{brief.summary()}")

    def check_bad_files(self):
        """Files that are no reports are refused with the place."""
        good = json.loads((self.folder / "json.out").read_bytes())
        bad = {"[]": "schema", "{": "JSON", "{\"schema\": \"ktstr.report/1\"}": "scenarios", "\"x\"": "JSON", "": "JSON",
               json.dumps({**good, "schema": "ktstr.report/2"}): "report/2",
               json.dumps({**good, "scenarios": [{**good["scenarios"][0], "status": "GOOD"}]}): r"scenarios\[0\].*GOOD",
               json.dumps({**good, "scenarios": [{"status": "PASS"}]}): r"scenarios\[0\].*name",
               json.dumps({**good, "scenarios": [{"name": "x", "status": "PASS", "environment": 7}]}): r"scenarios\[0\].*environment",
               json.dumps({**good, "scenarios": [3, None, []]}): r"scenarios\[0\]"}
        for at, (text, says) in enumerate(bad.items()):
            (self.folder / "bad.json").write_text(text)
            result = self.ktstr_run("merge", "bad.json")
            self.tap.check(f"merge: bad report {at}", "" if result.code == 2 and re.search(says, result.errors) else result.summary())
        bare = {"schema": "ktstr.report/1", "scenarios": [{"name": "x", "status": "FAIL", "groups": [{"each": [{"moves": [[], 5, {}]}]}, 7],
                                                           "steps": [None], "reasons": [{"status": "FAIL"}]}]}
        (self.folder / "bare.json").write_text(json.dumps(bare))
        for name in READERS:
            result = self.ktstr_run("merge", "--format", name, "bare.json")
            self.tap.check(f"{name}: of a report that says next to nothing", "" if result.code == 1 else result.summary())


def main():
    """Runs all of it."""
    arguments = program_parser(__doc__).parse_args()
    with tempfile.TemporaryDirectory(prefix="kts-report-") as folder:
        reports = Reports(arguments, Path(folder))
        for part in (reports.check_verdicts, reports.check_hostile, reports.check_numbers, reports.check_text,
                     reports.check_summary, reports.check_writing,
                     reports.check_round_trip, reports.check_schema, reports.check_events, reports.check_alike,
                     reports.check_bad_files):
            part()
    reports.tap.finish()


if __name__ == "__main__":
    main()
