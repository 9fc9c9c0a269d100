#!/usr/bin/env python3
"""Every limit of docs/language.md: what reaches it is taken, what goes one beyond is refused.

    limits.py --ktstrc build/ktstrc --ktstr build/ktstr [--sanitized]

A row of the table without a case here fails, and a case without its row.
"""

import json
import re
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "lib"))
from programs import ROOT, program_parser, run  # noqa: E402
from tap import Tap  # noqa: E402

KIB, MIB = 1 << 10, 1 << 20
GROUP = "cgroup a { spawn cpu_spin }\n    hold 1s"


def scenario(body):
    """A scenario around statements."""
    return f"scenario s {{\n    {body}\n}}\n"


@dataclass
class Case:
    """A limit: `make` gives the text of a program that reaches n, with its files beside it."""

    row: str
    most: int
    make: Callable
    code: str = ""  # the diagnostic beyond it, or none: then it is a plan's or a command's own message
    message: str = ""
    how: str = "check"  # or "plan": BROKEN beyond; "read": exit code 2; "topo": of the machine
    unit: int = 1  # what the table counts in
    beyond: int = 1  # so much more is refused
    slow: bool = False


def chain(n):
    """Fns that call each other n deep."""
    fns = [f"fn f{k}(i: int) -> int = {f'f{k + 1}(i) + 1' if k < n - 1 else 'i'}\n" for k in range(n)]
    return "".join(fns) + scenario(GROUP + '\n    note "{f0(1)}"')


def blocks(n):
    """Blocks and calls that nest n deep: procs of 100 blocks that call each other, and what is left of n."""
    procs, depth = ["proc p0() { }\n"], 1  # the scenario's own
    while depth < n:
        deep = min(99, n - depth - 1)
        procs.append(f"proc p{len(procs)}() {{ {'scope {' * deep} p{len(procs) - 1}() {'}' * deep} }}\n")
        depth += deep + 1
    return "".join(procs) + scenario(f"{GROUP}\n    p{len(procs) - 1}()")


def used_files(n):
    """A program that uses n files in all, itself among them."""
    files = {f"u{k}.kts": f"param p{k} = 1\n" for k in range(n - 1)}
    return "".join(f'use "{name}"\n' for name in files) + scenario(GROUP), files


def events(n):
    """A plan of n events, all of them notes."""
    return scenario(f'repeat {n} times {{ note "" }}')


def cases():
    """All of them, in the order of the table."""
    return [
        Case("a file, compiled or not", 64 * MIB, lambda n: scenario(GROUP) + "#" * (n - len(scenario(GROUP))),
             message="larger than the limit of 64 MiB", how="read", unit=MIB, slow=True),
        Case("files that a program uses, itself included", 256, used_files, "KTS0107", "more than 256 files are used"),
        Case("blocks and brackets, nested", 200, lambda n: scenario(GROUP + "\n" + "scope {" * (n - 1) + "}" * (n - 1)),
             "KTS0900", "nested more than 200 levels deep; the rest of the file is not read"),
        Case("an expression, nested", 200, lambda n: scenario(f"{GROUP}\n    expect {'not ' * (n - 1)}true"),
             "KTS0901", "this expression is nested more than 200 levels deep"),
        # Beyond all measure the parser itself stops; there is nothing at this limit.
        Case("", 20000, lambda n: scenario(f"{GROUP}\n    expect {'not ' * n * (n > 20000)}true"),
             "KTS0900", "this is nested too deeply to be read"),
        Case("characters of a name", 1000, lambda n: f"param {'x' * n} = 1\n" + scenario(GROUP),
             "KTS0903", "this name has 1001 characters, and names have at most 1000"),
        Case("the name of a cgroup", 200, lambda n: scenario(f"cgroup {'x' * n} {{ spawn cpu_spin }}\n    hold 1s"),
             "KTS0907", "the name of a cgroup has at most 200 characters, not 201"),
        Case("text of a string in a program", 64 * KIB, lambda n: scenario(f'{GROUP}\n    note "{"x" * n}"'),
             "KTS0908", "a string has at most 64 KiB", unit=KIB),
        Case("items of a list", 256, lambda n: scenario(f'tags = [{", ".join([chr(34) + "t" + chr(34)] * n)}]\n    {GROUP}'),
             "KTS0909", "a list has at most 256 items"),
        Case("parts of a cgroup path", 16, lambda n: scenario("; ".join(
            f"create {'/'.join(['a'] * k)}" for k in range(1, n + 1)) + f"\n    {GROUP.replace('a {', 'b {')}"),
             "KTS0902", "a cgroup path has at most 16 parts"),
        Case("workers of one spawn", 65536, lambda n: scenario(f"cgroup a {{ spawn {n} cpu_spin }}\n    hold 1s"),
             "KTS0400", "the number of workers is from 1 to 65536"),
        Case("workers at a time", 65536, lambda n: scenario(f"cgroup a {{ spawn 65000 cpu_spin; spawn {n - 65000} cpu_spin }}\n    hold 1s"),
             message="there can be no more than 65536 workers at a time", how="plan"),
        Case("workers of one scenario", 1048576, lambda n: scenario(
            "create a\n    repeat 16 times { scope { spawn 65535 cpu_spin in a; sleep 1ms } }"
            f"\n    scope {{ spawn {n - 16 * 65535} cpu_spin in a; sleep 1ms }}"),
             message="more than 1048576 workers in one scenario", how="plan"),
        Case("arguments of a payload or scheduler, and metrics of a payload", 64, lambda n: 'payload p { exec = "x"; args = [' + '"a", ' * n
             + f"] }}\n{scenario(f'{GROUP}; run p in a; wait p')}", "KTS0905", "a program is given at most 64 arguments"),
        Case("arguments of a payload or scheduler, and metrics of a payload", 64, lambda n: 'payload p { exec = "x"; output = "json"; '
             + "".join(f'metric m{k} = "a"; ' for k in range(n)) + f"}}\n{scenario(f'{GROUP}; run p in a; wait p')}", "KTS0905", "a payload has at most 64 metrics"),
        Case("flags, with the six that are always there", 64, lambda n: "".join(f"flag f{k}\n" for k in range(n - 6)) + scenario(GROUP),
             "KTS0905", "there are more than 64 flags"),
        Case("parameters of a worker's body in C", 4, lambda n: f"extern work w({', '.join(f'p{k}: int' for k in range(n))})\n"
             + scenario(f"cgroup a {{ spawn w({', '.join(['1'] * n)}) }}\n    hold 1s"), "KTS0303", "a C function is given at most 4 parameters"),
        Case("parameters of a fn, a proc or a hook", 8, lambda n: f"fn f({', '.join(f'p{k}: int' for k in range(n))}) -> int = "
             f"{' + '.join(f'p{k}' for k in range(n))}\n" + scenario(f'{GROUP}\n    note "{{f({", ".join(["1"] * n)})}}"'),
             "KTS0303", "a fn or a proc has at most 8 parameters"),
        Case("calls of fns and procs, nested", 256, chain, "KTS0906", "from here on calls lead more than 256 deep"),
        Case("blocks, nested through calls", 500, blocks, "KTS0906", "blocks and calls nest more than 500 deep up to here"),
        Case("calls of procs, followed by the check", 10000, lambda n: "proc p() { }\n" + scenario(GROUP + "\n" + "p()\n" * n),
             "KTS0904", "more than 10000 calls of procs are made up to here"),
        # c itself, `host` and the run's own have names, too.
        Case("names of cgroups in one scenario", 1048576, lambda n: "proc name(g: cgroup) { }\n" + scenario(
            f"create c[0]\n    for i in 0..{n - 3} {{ name(c[i]) }}"),
             message="more than 1048576 names of cgroups, or 256 MiB of their paths", how="plan"),
        Case("events of a plan", 2000000, events, message="more than 2000000 events", how="plan", slow=True),
        Case("turns of all loops in a plan", 4000000000, lambda n: scenario(f"for i in 0..{n} {{ }}"),
             message="more than 4000000000 turns of loops", how="plan", beyond=100000, slow=True),
        Case("phases of a sequence", 16, lambda n: scenario(f"cgroup a {{ spawn sequence({', '.join(['spin(1ms)'] * n)}) }}\n    hold 1s"),
             "KTS0411", "a sequence has 1 to 16 phases"),
        Case("nodes of a memory policy", 8, lambda n: scenario(
            f"cgroup a {{ spawn cpu_spin {{ mempolicy = bind({', '.join(map(str, range(n)))}) }} }}\n    hold 1s"),
             "KTS0303", "'bind' has fewer arguments"),
        Case("CPUs", 4096, lambda n: n, message="CPUs", how="topo"),
    ]


# Rows that other tests measure, and where.
ELSEWHERE = {
    "sources in a compiled file": "unit/test_image.c",
    "a text at run time": "below",
    "cgroups at a time, executed": "unit/test_telemetry.c",
    "texts of a report": "below",
    "output of a payload that is kept, of each stream": "live/live_payloads.py",
}


def table():
    """The rows of docs/language.md: what, and the words of the most."""
    text = (ROOT / "docs" / "language.md").read_text().split("## Limits\n")[1]
    return dict(re.findall(r"^\| ([^|]+?) \| ([^|]+?) \|$", text, re.MULTILINE)[1:])


def number(words):
    """'64 KiB, then …' as a number."""
    match = re.match(r"([\d,]+)(?: (KiB|MiB))?", words)
    return int(match[1].replace(",", "")) * {"KiB": KIB, "MiB": MIB, None: 1}[match[2]]


class Limits:
    """The programs, a scratch folder, and the results."""

    def __init__(self, arguments, folder):
        self.tap = Tap()
        self.folder = folder
        self.arguments = arguments
        self.deadline = 240 if arguments.sanitized else 60

    def write(self, made):
        """The program in the scratch folder."""
        text, files = made if isinstance(made, tuple) else (made, {})
        for name, content in files.items():
            (self.folder / name).write_text(content)
        path = self.folder / "limit.kts"
        path.write_text(text)
        return path

    def run(self, *argv):
        """Runs one of the programs."""
        return run(argv, deadline=self.deadline, cwd=self.folder)

    def check(self, case, made, beyond):
        """ktstrc check takes it, or refuses it with this one diagnostic."""
        result = self.run(self.arguments.ktstrc, "check", "-q", "--format", "json", self.write(made))
        errors = [(one["code"], one["message"]) for one in map(json.loads, result.out.splitlines()) if one["severity"] == "error"]
        wanted = [(case.code, case.message)] if beyond else []
        return "" if errors == wanted and result.code == int(beyond) else f"{wanted}: {result.summary()}"

    def plan(self, case, made, beyond):
        """ktstr plan comes to its end, or says why not; ktstrc check takes both."""
        result = self.run(self.arguments.ktstr, "plan", "--topo", "1n1l2c1t", self.write(made))
        checked = self.run(self.arguments.ktstrc, "check", self.folder / "limit.kts")
        right = (result.code == 3 and case.message in result.text) if beyond else result.code == 0
        return "" if right and checked.code == 0 else f"{result.summary()}\n{checked.summary()}"

    def read(self, case, made, beyond):
        """ktstrc check reads the file, or not."""
        result = self.run(self.arguments.ktstrc, "check", self.write(made))
        right = result.code == 2 and case.message in result.errors if beyond else result.code == 0
        return "" if right else result.summary()

    def topo(self, case, made, beyond):
        """There is such a machine, or there is not."""
        result = self.run(self.arguments.ktstr, "plan", "--topo", f"1n1l{made}c1t", self.write(scenario(GROUP)))
        right = result.code == 2 and case.message in result.errors if beyond else result.code == 0
        return "" if right else result.summary()

    def case(self, case, rows):
        """At the limit and one beyond."""
        name = case.row or case.message
        if case.row and number(rows.get(case.row, "0")) != case.most:
            self.tap.failed_with(name, f"docs/language.md says {rows.get(case.row, 'nothing')}, this is {case.most}")
        elif case.slow and self.arguments.sanitized:
            self.tap.skipped(name, "takes too long with sanitizers")
        else:
            for beyond in False, True:
                fault = getattr(self, case.how)(case, case.make(case.most + beyond * case.beyond), beyond)
                self.tap.check(f"{name}: {'one beyond' if beyond else 'the most'}", fault)

    def cut(self):
        """A text at run time loses its end, and nothing else."""
        body = GROUP + "\n" + '    let a = "x{topo.cpus}"\n' + "".join(
            f'    let {b} = "{{{a}}}{{{a}}}"\n' for a, b in zip("abcdefghijklmnop", "bcdefghijklmnopq")) + '    note "{q}y"'
        result = self.run(self.arguments.ktstr, "plan", "--topo", "1n1l2c1t", "--format", "json", self.write(scenario(body)))
        notes = [event["text"] for event in json.loads(result.out)["scenarios"][0]["events"] if event["op"] == "note"]
        return "" if notes == ["x2" * (32 * KIB)] else f"{[len(note) for note in notes]}: {result.summary()}"

    def report(self):
        """A report that grows without end is one too long to be read."""
        text = scenario(f'repeat 1000000 times {{ note "{{topo.cpus}}{"x" * 4000}" }}')
        machine = ["--topo", "1n1l2c1t"]
        result = self.run(self.arguments.ktstr, "plan", *machine, *machine, self.write(text))
        right = result.code == 3 and "its notes and reasons take more than 256 MiB" in result.text and result.peak_bytes < 1500 * MIB
        return "" if right else result.summary()

    def run_all(self):
        """Every row has its case, and every case its row."""
        rows = table()
        known = {case.row for case in cases()} | set(ELSEWHERE)
        self.tap.check("each row of the table is tested", "\n".join(set(rows) - known))
        self.tap.check("each limit stands in the table", "\n".join(known - set(rows) - {""}))
        for case in cases():
            self.case(case, rows)
        self.tap.check("a text at run time", self.cut())
        if self.arguments.sanitized:
            self.tap.skipped("texts of a report", "takes too much memory with sanitizers")
        else:
            self.tap.check("texts of a report", self.report())


def main():
    """Runs all of it in a scratch folder."""
    arguments = program_parser(__doc__).parse_args()
    with tempfile.TemporaryDirectory(prefix="kts-limits-") as folder:
        limits = Limits(arguments, Path(folder))
        limits.run_all()
    limits.tap.finish()


if __name__ == "__main__":
    main()
