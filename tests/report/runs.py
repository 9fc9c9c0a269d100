#!/usr/bin/env python3
"""Repeats, shards and comparisons: what several runs, or parts of one, come to together.

    runs.py --ktstrc build/ktstrc --ktstr build/ktstr [--sanitized]
"""

import json
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "lib"))
sys.path.insert(0, str(HERE))
from programs import program_parser, run  # noqa: E402
from readers import READERS, Wrong  # noqa: E402
from tap import Tap  # noqa: E402

SCENARIOS = 11
CATALOG = "\n".join(f"""scenario s{number} "Number {number}" {{
    cgroup a {{ cpus = pick(all, 1); spawn 2 cpu_spin }}
    step "one" {{ hold {number + 1}ms }}
    {'skip "odd"' if number % 2 else ''}
    {'fail "by three"' if number % 3 == 0 else ''}
}}""" for number in range(SCENARIOS))


class Runs:
    """The program, a scratch folder and the results."""

    def __init__(self, arguments, folder):
        self.tap = Tap()
        self.ktstr = arguments.ktstr
        self.slower = 6 if arguments.sanitized else 1
        self.folder = folder
        (folder / "first.kts").write_text(CATALOG)
        (folder / "second.kts").write_text(CATALOG.replace("scenario s", "scenario t"))

    def run(self, *words):
        """One run of the program."""
        return run([self.ktstr, *words], deadline=60 * self.slower, cwd=self.folder)

    def planned(self, *words):
        """A run on the planned host, which is the same every time, as JSON."""
        result = self.run("exec", "--backend", "plan", "--seed", "5", "--format", "json", *words, "first.kts", "second.kts")
        return result, json.loads(result.out)

    @staticmethod
    def plain(report):
        """Without what no two runs share."""
        report = json.loads(json.dumps(report))
        report["environment"].pop("started")
        report.pop("shard", None)
        return report

    def check_shards(self):
        """Four shards, merged, are the whole."""
        for repeat in ([], ["--repeat", "3"]):
            result, whole = self.planned(*repeat)
            names, codes = [], []
            for shard in range(1, 5):
                part, report = self.planned(*repeat, "--shard", f"{shard}/4")
                (self.folder / f"shard{shard}.json").write_bytes(part.out)
                names.append({scenario["name"] for scenario in report["scenarios"]})
                codes.append(part.code)
            title = " ".join(repeat) or "once"
            disjoint = sum(map(len, names)) == len(set.union(*names)) == 2 * SCENARIOS
            self.tap.check(f"shards, {title}: each scenario is in one of them", "" if disjoint and min(map(len, names)) >= 5 else repr(names))
            files = [f"shard{shard}.json" for shard in (3, 1, 4, 2)]
            merged = self.run("merge", *files)
            same = self.plain(json.loads(merged.out)) == self.plain(whole)
            self.tap.check(f"shards, {title}: merged they are the whole", "" if same else merged.summary())
            self.tap.check(f"shards, {title}: the verdict is that of the whole", "" if merged.code == result.code == 1 else f"{merged.code} {result.code}")
            (self.folder / "whole.json").write_bytes(result.out)
            for name in READERS:
                one = self.run("merge", "--format", name, "whole.json").out
                other = self.run("merge", "--format", name, *files).out
                started = whole["environment"]["started"].encode()
                moment = json.loads(merged.out)["environment"]["started"].encode()
                fine = one.replace(started, b"").replace(started[:-1], b"") == other.replace(moment, b"").replace(moment[:-1], b"")
                self.tap.check(f"shards, {title}: merged they are the whole in {name}", "" if fine else f"{one[-500:]}\n{other[-500:]}")
        self.check_wrong_shards()

    def check_wrong_shards(self):
        """Shards that are not a whole are told."""
        cases = {"one is missing": (["shard1.json", "shard2.json", "shard4.json"], {1}, "missing: 3 of 4"),
                 "one is there twice": (["shard1.json", "shard1.json"], {2}, "1/4 is there twice")}
        self.planned_to("other.json", "--shard", "2/3")
        cases["of different runs"] = (["shard1.json", "other.json"], {2}, "different runs")
        for name, (files, codes, says) in cases.items():
            result = self.run("merge", *files)
            self.tap.check(f"merge: {name}", "" if result.code in codes and says in result.errors else result.summary())
        # Nothing failed in what is there, and yet it is no success.
        self.planned_to("part.json", "-k", "s2", "--shard", "1/2")
        result = self.run("merge", "part.json")
        self.tap.check("merge: a missing shard is no success", "" if result.code == 3 and "missing: 2 of 2" in result.errors else result.summary())
        result = self.run("merge", "--partial", "part.json")
        self.tap.check("merge --partial: does without", "" if result.code == 0 else result.summary())
        result = self.run("exec", "--backend", "plan", "-k", "s2", "--shard", "2/2", "--format", "json", "first.kts")
        self.tap.check("a shard without scenarios is no mistake", "" if result.code == 0 and json.loads(result.out)["shard"]["total"] == 1 else result.summary())
        result = self.run("exec", "--backend", "plan", "-k", "nosuch", "--shard", "2/2", "first.kts")
        self.tap.check("nothing selected is one", "" if result.code == 5 else result.summary())
        for value in ("", "0/4", "5/4", "2", "a/b", "1/4x", "-1/4", "1/99999999999999999999"):
            result = self.run("exec", "--shard", value, "first.kts")
            self.tap.check(f"--shard '{value}'", "" if result.code == 2 and "--shard" in result.errors else result.summary())

    def planned_to(self, name, *words):
        """A report in a file."""
        result, _ = self.planned(*words)
        (self.folder / name).write_bytes(result.out)

    def check_repeats(self):
        """Turns through all scenarios; another order in each by the seed."""
        _, report = self.planned("--repeat", "2", "-k", "s?")
        order = [(scenario["round"], scenario["name"]) for scenario in report["scenarios"]]
        wanted = [(turn, f"s{number}") for turn in (1, 2) for number in range(10)]
        self.tap.check("--repeat: turn by turn", "" if order == wanted else repr(order))
        orders = []
        for _ in range(2):
            _, report = self.planned("--repeat", "2", "--shuffle", "-k", "s?")
            orders.append([(scenario["round"], scenario["name"]) for scenario in report["scenarios"]])
        turns = [[name for turn, name in orders[0] if turn == number] for number in (1, 2)]
        fine = orders[0] == orders[1] and turns[0] != turns[1] and sorted(turns[0]) == sorted(turns[1]) and orders[0] == sorted(orders[0], key=lambda pair: pair[0])
        self.tap.check("--shuffle: by the seed, each turn another way", "" if fine else repr(orders))
        (self.folder / "repeated.json").write_text(json.dumps(report))
        for name in ("junit", "ktap", "tap"):
            result = self.run("merge", "--format", name, "repeated.json")
            try:
                found = len(READERS[name](result.out))
                fault = "" if found == (10 if name == "junit" else 20) else f"{found} results\n{result.summary()}"
            except Wrong as wrong:
                fault = str(wrong)
            self.tap.check(f"{name}: of repeats", fault)

    def report(self, name, *samples, metric="wake_p99", status="PASS"):
        """A report whose runs measured these values of one metric."""
        scenarios = [{"name": "s", "status": status, "round": turn + 1,
                      "groups": [{"cgroup": "a", "work": "w", "judged": True, "metrics": {metric: value}, "each": []}]}
                     for turn, value in enumerate(samples)]
        (self.folder / name).write_text(json.dumps({"schema": "ktstr.report/1", "scenarios": scenarios}))
        return name

    def compare(self, name, code, verdict, now, against, *words):
        """One comparison: its exit code, and the verdict of its only row."""
        result = self.run("compare", *now, "--against", *against, "--format", "json", *words)
        found = [row["verdict"] for row in json.loads(result.out)["rows"]] if result.out else []
        self.tap.check(f"compare: {name}", "" if result.code == code and found == verdict else f"{found}\n{result.summary()}")
        return json.loads(result.out) if result.out else None

    def check_compare(self):
        """Verdicts on both sides of every gate."""
        million = 1_000_000
        base = self.report("base.json", *(million + at for at in range(8)))
        worse = self.report("worse.json", *(2 * million + at for at in range(8)))
        report = self.compare("worse", 1, ["regressed"], [worse], [base])
        row = report["rows"][0]
        # Two samples of eight that do not overlap: 2 / C(16, 8).
        fine = abs(row["p"] - 2 / 12870) < 1e-9 and row["exact"] and row["now"]["median"] == 2000003.5 and abs(row["relative"] - 1) < 1e-5
        fine &= row["against"]["least"] == million and row["against"]["most"] == million + 7 and abs(row["against"]["confidence"] - 0.9921875) < 1e-9
        self.tap.check("compare: p, medians and intervals", "" if fine else repr(row))
        self.compare("better", 0, ["improved"], [base], [worse])
        self.compare("the same", 0, ["same"], [base], [base])
        small = self.report("small.json", *(million * 1.2 + at for at in range(8)))
        self.compare("more in absolute terms only", 0, ["same"], [small], [base])
        self.compare("more, by a threshold from outside", 1, ["regressed"], [small], [base], "--threshold", "10")
        tiny = self.report("tiny.json", *(1000 + at for at in range(8)))
        twice = self.report("twice.json", *(2000 + at for at in range(8)))
        self.compare("more in relative terms only", 0, ["same"], [twice], [tiny])
        wide = self.report("wide.json", *(million * (1 + at % 4) for at in range(8)))
        noisy = self.report("noisy.json", *(million * (2 + at % 4) for at in range(8)))
        self.compare("more, and it may be chance", 0, ["same"], [noisy], [wide])
        zero = self.report("zero.json", *[0] * 8)
        self.compare("up from zero", 1, ["regressed"], [base], [zero])
        few = [self.report("few_now.json", *[2 * million] * 3), self.report("few_base.json", *[million] * 3)]
        self.compare("too few samples", 6, ["too few samples"], [few[0]], [few[1]])
        self.compare("several files are one sample", 1, ["regressed"], [few[0], few[0]], [few[1], few[1]])
        rate = [self.report(f"rate{value}.json", *(value + at for at in range(8)), metric="work_rate") for value in (1000, 2000)]
        self.compare("less of what is better more", 1, ["regressed"], [rate[0]], [rate[1]])
        self.compare("more of what is better more", 0, ["improved"], [rate[1]], [rate[0]])
        noise = self.report("noise.json", *[9 * million] * 8, status="INCONCLUSIVE")
        self.compare("runs that were not judged do not count", 5, [], [noise], [base])
        self.compare("failed runs do", 1, ["regressed"], [self.report("failed.json", *[9 * million] * 8, status="FAIL")], [base])
        self.compare("scenarios by name", 5, [], [worse], [base], "-k", "t*")
        result = self.run("compare", worse, "--against", base)
        fine = result.code == 1 and "- wake_p99           +100.0%  p=0.00016 regressed" in result.text and "1 regressed" in result.text
        self.tap.check("compare: a table", "" if fine and max(map(len, result.text.split("\n"))) <= 80 else result.summary())
        for words in ([], [worse], ["--against", base], [worse, "--against"], [worse, "--against", "nosuch"], ["--alpha", "2", worse, "--against", base],
                      ["--format", "junit", worse, "--against", base], ["--nosuch", worse, "--against", base], [worse, "--against", base, "-k"]):
            result = self.run("compare", *words)
            self.tap.check(f"compare: {' '.join(words)}", "" if result.code == 2 and result.errors else result.summary())

    def check_wrong_reports(self):
        """Reports that say what cannot be are refused with the place."""
        good = {"name": "s", "status": "PASS", "releases": [{"workers": 1}],
                "groups": [{"cgroup": "a", "work": "w", "each": [{"work_units": 1}],
                            "histogram": {"buckets": [[0, 1, 5]]}}]}

        def given(change):
            scenario = json.loads(json.dumps(good))
            root = {"schema": "ktstr.report/1", "scenarios": [scenario], "environment": {"seed": 1}}
            change(root, scenario)
            return json.dumps(root)

        def negative(key):
            return lambda root, scenario: scenario["groups"][0]["each"][0].update({key: -1})

        cases = {
            "wrong.json:1:4: no JSON": "oops",
            "its schema is 'x', and not ktstr.report/1": '{"schema": "x"}',
            "it has no list of scenarios": '{"schema": "ktstr.report/1"}',
            "scenarios[0]: it has no name": given(lambda root, scenario: scenario.pop("name")),
            "scenarios[0]: there is no status 'GOOD'": given(lambda root, scenario: scenario.update(status="GOOD")),
            "scenarios[0]: there is no such environment": given(lambda root, scenario: scenario.update(environment=3)),
            "scenarios[0]: checks_held is negative": given(lambda root, scenario: scenario.update(checks_held=-1)),
            "scenarios[0]: index is too large": given(lambda root, scenario: scenario.update(index=1 << 32)),
            "scenarios[0]: releases[0]: workers is negative": given(lambda root, scenario: scenario["releases"][0].update(workers=-2)),
            "environment: seed is negative": given(lambda root, scenario: root["environment"].update(seed=-1)),
            "shard: total is negative": given(lambda root, scenario: root.update(shard={"total": -1})),
            "scenarios[0]: groups[0]: histogram: buckets[0] has a negative count":
                given(lambda root, scenario: scenario["groups"][0]["histogram"]["buckets"][0].__setitem__(2, -5)),
            **{f"scenarios[0]: groups[0]: each[0]: {key} is negative": given(negative(key))
               for key in ("work_units", "iterations", "waits", "migrations", "strays")},
        }
        for reason, text in {"": given(lambda root, scenario: None), **cases}.items():
            (self.folder / "wrong.json").write_text(text)
            result = self.run("compare", "wrong.json", "--against", "wrong.json")
            fine = result.code == 2 and reason in result.errors if reason else result.code == 5
            self.tap.check(f"compare: {reason or 'a report that says little'}", "" if fine else result.summary())


def main():
    """Runs all of it."""
    arguments = program_parser(__doc__).parse_args()
    with tempfile.TemporaryDirectory(prefix="kts-runs-") as folder:
        runs = Runs(arguments, Path(folder))
        for part in (runs.check_shards, runs.check_repeats, runs.check_compare, runs.check_wrong_reports):
            part()
    runs.tap.finish()


if __name__ == "__main__":
    main()
