#!/usr/bin/env python3
"""The tests that judge must themselves fail when they should: driver.py, structure.py, count-results.

Each case makes a small checkout with something wrong in it, and a program that prints what it is
told to, and looks for the complaint.
"""

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "lib"))
from programs import ROOT  # noqa: E402
from tap import Tap  # noqa: E402

# Prints what stands beside the file that it is given, and ends with the code that stands there;
# without such a code it dislikes files with the word bad.
PUPPET = """#!/usr/bin/env python3
import sys
from pathlib import Path
file = next(Path(word) for word in sys.argv[1:] if word.endswith(".kts"))
name = file.with_suffix(".json" if "json" in sys.argv else ".human")
sys.stdout.write(name.read_text() if name.suffix == ".json" and name.exists() else "")
sys.stderr.write(name.read_text() if name.suffix == ".human" and name.exists() else "")
code = file.with_suffix(".code")
if code.exists():
    sys.exit(int(code.read_text()))
if "bad" in file.read_text():
    sys.stderr.write("bad is bad\\n")
    sys.exit(1)
"""


def diagnostic(**fields):
    """What ktstrc would print about the word `bad` at 2:1 of "good\\nbad ...\"."""
    found = {"severity": "error", "code": "KTS0001", "message": "it is bad", "file": "reject/a.kts",
             "line": 2, "column": 1, "end_line": 2, "end_column": 4, "byte_start": 5, "byte_end": 8,
             "labels": [], "notes": [], **fields}
    found["rendered"] = fields.get("rendered", "{file}:{line}:{column}: {severity}[{code}]: {message}\n".format(**found))
    return json.dumps(found) + "\n"


REJECT = "good\nbad #! error[KTS0001]: it is bad\n"
EVENT = {"t_ns": 1_500_000, "op": "set", "cgroup": "a", "cpus": "0-3", "implied": True}
PLAN = json.dumps({"schema": "ktstr.plan/1", "scenarios": [
    {"name": "s", "line": 1, "status": "PASS", "reason": "", "reasons": [], "bound_ns": None, "events": [EVENT]}]})
PLAN_LINES = "$ plan -D x=1\ns line 1, at most unknown: PASS\n       1.5ms  set a cpus=0-3 (implied)\n"

# (name, suite, files, what the output must say)
DRIVER = [
    ("exact diagnostics pass", "reject", {"a.kts": REJECT, "a.json": diagnostic(), "a.code": "1"}, "ok 1"),
    ("a remark about the line above", "reject",
     {"a.kts": "good\nbad\n#!^ error[KTS0001]: it is bad\n", "a.json": diagnostic(), "a.code": "1"}, "ok 1"),
    ("a remark about the line below", "reject",
     {"a.kts": "#!v error[KTS0001]: it is bad\nbad\n", "a.code": "1",
      "a.json": diagnostic(byte_start=30, byte_end=33)}, "ok 1"),
    ("a missing diagnostic", "reject", {"a.kts": REJECT, "a.json": "", "a.code": "0"}, "# -line     2: error[KTS0001]: it is bad"),
    ("an unexpected diagnostic", "reject",
     {"a.kts": REJECT, "a.json": diagnostic() + diagnostic(message="worse"), "a.code": "1"}, "# +line     2: error[KTS0001]: worse"),
    ("another message", "reject", {"a.kts": REJECT, "a.json": diagnostic(message="bad"), "a.code": "1"}, "not ok 1"),
    ("another code", "reject", {"a.kts": REJECT, "a.json": diagnostic(code="KTS0002"), "a.code": "1"}, "not ok 1"),
    ("a warning in place of an error", "reject", {"a.kts": REJECT, "a.json": diagnostic(severity="warning"), "a.code": "0"}, "not ok 1"),
    ("a wrong exit code", "reject", {"a.kts": REJECT, "a.json": diagnostic(), "a.code": "0"}, "expected exit code 1"),
    ("an offset that is not at the line", "reject", {"a.kts": REJECT, "a.json": diagnostic(byte_start=4), "a.code": "1"}, "byte 4 is at"),
    ("a missing field", "reject", {"a.kts": REJECT, "a.json": '{"code": "KTS0001"}\n', "a.code": "1"}, "fields are missing"),
    ("output that is no JSON", "reject", {"a.kts": REJECT, "a.json": "oops\n", "a.code": "1"}, "not one JSON object per line"),
    ("an expectation with a slip", "reject", {"a.kts": "bad #! eror[KTS0001]: x\n", "a.code": "0"}, "not of the form"),
    ("nothing announced", "reject", {"a.kts": "good\n", "a.code": "0"}, "announces at least one"),
    ("another rendering", "reject",
     {"a.kts": REJECT, "a.json": diagnostic(), "a.human": "new\n", "a.stderr": "old\n", "a.code": "1"}, "# +new"),
    ("no cases at all", "reject", {}, "not ok 1"),
    ("an error in what should compile", "accept", {"a.kts": "good\nbad\n", "a.json": diagnostic(file="accept/a.kts"), "a.code": "1"}, "# +line     2"),
    ("words on stderr", "accept", {"a.kts": "good\n", "a.human": "hm\n", "a.code": "0"}, "only warnings belong on stderr"),
    ("a plan as expected", "plan", {"a.kts": "#! plan -D x=1\n", "a.json": PLAN, "a.plan": PLAN_LINES, "a.code": "0"}, "ok 1"),
    ("another plan", "plan", {"a.kts": "#! plan -D x=1\n", "a.json": PLAN, "a.plan": PLAN_LINES.replace("1.5", "2.5"), "a.code": "0"}, "# +       1.5ms"),
    ("a file without plans", "plan", {"a.kts": "good\n", "a.code": "0"}, "no line of the file says"),
    ("a plan without expectation", "plan", {"a.kts": "#! plan\n", "a.json": PLAN, "a.code": "0"}, "not ok 1"),
]

PAGE = "# Title\n\n```kts\n# file: a.kts\ngood\n```\n"
# (name, page, what the output must say)
DOCS = [
    ("a block that compiles", PAGE, "ok 1 - docs/page.md:3"),
    ("a block that does not", PAGE.replace("good", "bad"), "not ok 1 - docs/page.md:3"),
    ("a block that should not", PAGE.replace("good", "bad").replace("```kts", "```kts error"), "ok 1"),
    ("a block that should not, and does", PAGE.replace("```kts", "```kts error"), "check should end with 1"),
    ("a fragment", PAGE.replace("```kts", "```kts fragment"), "ok 1"),
    ("a tag with a slip", PAGE.replace("```kts", "```kts eror"), "unknown tags: eror"),
    ("a session", PAGE + "```console test\n$ ktstrc check a.kts\n$ echo $?\n0\n$ cat a.kts\n...\ngo…\n```\n", "ok 2"),
    ("a session that lies", PAGE + "```console test\n$ ktstrc check a.kts\nall is well\n```\n", "not ok 2"),
    ("a session that lies about the exit code", PAGE + "```console test\n$ ktstrc check a.kts\n$ echo $?\n1\n```\n", "not ok 2"),
    ("a session with another program", PAGE + "```console test\n$ rm -rf /nosuch\n```\n", "can be replayed"),
    ("a block without end", PAGE[:-5], "never ends"),
]

STRUCTURE = [
    ("an include up the layers", "src/base/a.c", '#include "run/vm.h"\n', "base may not include run"),
    ("host beside the language", "src/host/a.c", '#include "source/diag.h"\n', "host may not include source"),
    ("syntax knows no host", "src/syntax/a.c", '#include "host/host.h"\n', "syntax may not include host"),
    ("a header from nowhere", "src/base/a.c", '#include "nowhere.h"\n', "neither in a layer's folder"),
    ("a folder that is no layer", "src/utils/a.c", "", "utils is no layer"),
    ("a long file", "src/base/a.c", "\n" * 801, "801 lines"),
    ("a long function", "src/base/a.c", "static int f(int a,\n\t     int b)\n{\n" + "\ta;\n" * 61 + "}\n", "f has 61 lines"),
    ("a brace in the wrong place", "src/base/a.c", "int f(void) {\n}\n", "the brace of a function"),
    ("an exit below main", "src/base/a.c", "\texit(1);\n", "exit() below main"),
    ("a worker's exit elsewhere", "src/run/a.c", "\t_exit(1);\n", "_exit() below main"),
    ("something left for later", "src/base/a.c", "/* TO" "DO */\n", "a.c:1: TO" "DO"),
    ("a grammar with conflicts", "grammar/a.y", "%expect 2\n", "no line says %expect 0"),
    ("a test that never runs", "tests/unit/a.c", "", "no meson.build below tests/ names it"),
    ("a case that nobody reads", "tests/odd/a.kts", "", "no test reads this folder"),
]

MESSAGES = [
    ("a diagnostic without a test", 'DIAG(BAD, 9999, ERROR, "bad", "bad")\n', "", "", "not ok 1 - KTS9999 BAD"),
    ("a diagnostic with its test", 'DIAG(BAD, 9999, ERROR, "bad", "bad")\n', "", "#! error[KTS9999]: so bad\n", "ok 1 - KTS9999 BAD"),
    ("a message without a test", 'DIAG(BAD, 9999, ERROR, "bad", "bad")\n',
     'diag_report(list, DIAG_BAD, span, all ? "so %s" : "as %d" " bad", x);\n', "#! error[KTS9999]: so bad\n", "not ok 3 - src/a.c:1: as %d bad"),
    ("messages with their tests", 'DIAG(BAD, 9999, ERROR, "bad", "bad")\n',
     'diag_report(list, DIAG_BAD, span, all ? "so %s" : "as %d" " bad", x);\n',
     "#! error[KTS9999]: so bad\n#! error[KTS9999]: as 3 bad\n", "ok 3 - src/a.c:1: as %d bad"),
]

RECORDS = [
    ("a failing subtest counts", {"result": "FAIL", "stdout": "ok 1 - a\nnot ok 2 - b\n1..2\n"}, "1 passed, 1 failed, 0 skipped"),
    ("what a failing test said otherwise is shown", {"result": "FAIL", "stdout": "not ok 1 - a\n1..1\n", "stderr": "ERROR: why\n"},
     "FAILED  build: a: a\n        ERROR: why\n"),
    ("of much that was said the middle is left out", {"result": "FAIL", "stdout": "not ok 1 - a\n" + "# x\n" * 8 + "# y\n" * 30 + "1..1\n"},
     "# x\n        [18 lines left out: meson's log has them]\n        # y\n"),
    ("the end names what failed", {"result": "FAIL", "stdout": "not ok 1 - a\nok 2 - b # SKIP no cpu\n1..2\n"},
     "no cpu\nfailed: build: a: a\n0 passed, 1 failed, 1 skipped"),
    ("a skip counts with its reason", {"result": "OK", "stdout": "ok 1 - a\nok 2 - b # SKIP no cpu\n1..2\n"}, "skipped 1 x: no cpu\n1 passed, 0 failed, 1 skipped"),
    ("a plain test counts once", {"result": "OK", "stdout": ""}, "1 passed, 0 failed, 0 skipped"),
    ("a crash counts as failed", {"result": "ERROR", "stdout": "ok 1 - a\n"}, "1 passed, 1 failed, 0 skipped"),
    ("a hang counts as failed", {"result": "TIMEOUT", "stdout": ""}, "0 passed, 1 failed, 0 skipped"),
    ("a lost subtest counts as failed", {"result": "ERROR", "stdout": "1..2\nok 1 - a\n"}, "1 passed, 1 failed, 0 skipped"),
]


def output_of(argv):
    """What a test program prints, and that it ends with 0 if and only if nothing failed."""
    result = subprocess.run([sys.executable, *argv], capture_output=True, text=True, check=False)
    failed = re.search(r"^not ok|^\d*[1-9]\d* passed, [1-9]\d* failed|^0 passed", result.stdout, re.MULTILINE)
    honest = (result.returncode != 0) == bool(failed)
    return result.stdout + result.stderr + ("" if honest else f"untrue exit code {result.returncode}")


def driver_case(folder, suite, files):
    """Runs the driver on a checkout with these files in one suite's folder."""
    puppet = folder / "puppet"
    puppet.write_text(PUPPET)
    puppet.chmod(0o755)
    (folder / "tests" / suite).mkdir(parents=True)
    for name, text in files.items():
        (folder / "tests" / suite / name).write_text(text)
    return output_of([ROOT / "tests/driver/driver.py", "--ktstrc", puppet, "--ktstr", puppet, "--root", folder, suite])


def docs_case(folder, page):
    """Runs the driver on a checkout with one page."""
    (folder / "docs").mkdir()
    (folder / "docs" / "page.md").write_text(page)
    (folder / "README.md").write_text("")
    return driver_case(folder, "docs", {})


def structure_case(folder, name, text):
    """Runs the structural test on a checkout with one file."""
    (folder / name).parent.mkdir(parents=True)
    (folder / name).write_text(text)
    return output_of([ROOT / "tests/tree/structure.py", folder])


def messages_case(folder, table, code, case):
    """Runs the test of messages on a checkout with one table, one source and one case."""
    for name, text in (("src/source/diag.def", table), ("src/a.c", code), ("tests/reject/a.kts", case)):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return output_of([ROOT / "tests/tree/messages.py", folder])


def count_case(folder, record):
    """Counts a log of one record."""
    log = folder / "build" / "meson-logs" / "testlog.json"
    log.parent.mkdir(parents=True)
    log.write_text(json.dumps({"name": "a", **record}) + "\n")
    return output_of([ROOT / "tools/count-results", log])


def main():
    """Runs every case in a folder of its own."""
    tap = Tap()
    cases = [(f"driver: {name}", says, driver_case, suite, files) for name, suite, files, says in DRIVER]
    cases += [(f"docs: {name}", says, docs_case, page) for name, page, says in DOCS]
    cases += [(f"structure: {name}", says, structure_case, file, text) for name, file, text, says in STRUCTURE]
    cases += [(f"messages: {name}", says, messages_case, *files) for name, *files, says in MESSAGES]
    cases += [(f"count: {name}", says, count_case, record) for name, record, says in RECORDS]
    for name, says, case, *arguments in cases:
        with tempfile.TemporaryDirectory(prefix="kts-self-") as folder:
            printed = case(Path(folder), *arguments)
        told = f"\n{says}" in f"\n{printed}" if says.startswith("ok") else says in printed
        tap.check(name, "" if told and "untrue exit code" not in printed else f"should say: {says}\n{printed}")
    tap.finish()


if __name__ == "__main__":
    main()
