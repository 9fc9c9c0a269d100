#!/usr/bin/env python3
"""Every diagnostic, and every message of each, is announced by a test.

    messages.py [ROOT]

Reads diag.def for the codes, the calls of diag_report() for the messages, and what the files of
tests/reject, tests/accept and tests/limits announce.
"""

import ast
import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "lib"))
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "driver"))
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "limits"))
import expectations  # noqa: E402
import limits  # noqa: E402
from tap import Tap  # noqa: E402

STRING = r'"(?:\\.|[^"\\])*"'
TOKEN = re.compile(rf"{STRING}|'(?:\\.|[^'\\])'|/\*.*?\*/|.", re.DOTALL)
# PRId64 and the like are strings, too.
FORMAT = re.compile(rf"{STRING}(?:\s*(?:{STRING}|PRI\w+))*")
CONVERSION = re.compile(r"%(?:\.\*|[0-9.]*)(?:hh|h|ll|l|z)?[sduxgcX]")


def arguments(text, start):
    """The arguments of a call, from behind its bracket on."""
    found, depth, current = [], 0, ""
    for token in TOKEN.finditer(text, start):
        depth += (token[0] in "([{") - (token[0] in ")]}")
        if depth < 0:
            return [*found, current]
        if token[0] == "," and depth == 0:
            found.append(current)
            current = ""
        else:
            current += token[0]
    raise ValueError(f"a call that does not end: {text[start:start + 60]}")


def messages(root):
    """(file:line, the code's name or None, format) of each message that can be reported."""
    for path in [*sorted(root.glob("src/**/*.c")), *sorted(root.glob("grammar/*.[ly]"))]:
        text = path.read_text()
        for call in re.finditer(r"(?<!void )\bdiag_report\(", text):
            parts = arguments(text, call.end())
            code = re.fullmatch(r"\s*DIAG_(\w+)\s*", parts[1])
            for literal in FORMAT.findall(parts[3]):
                literal = re.sub(r'"\s*PRI\w+', 'd"', literal)
                whole = "".join(ast.literal_eval(one) for one in re.findall(STRING, literal))
                yield f"{path.relative_to(root)}:{text.count(chr(10), 0, call.start()) + 1}", code and code[1], whole


def pattern(whole):
    """What a format prints, as a regular expression."""
    parts = CONVERSION.split(whole.replace("%%", "\0"))
    return re.compile("(?s:.*)".join(re.escape(part.replace("\0", "%")) for part in parts))


def announced(root):
    """The (code, message) that tests expect, word by word."""
    for top in "reject", "accept":
        for path in (root / "tests" / top).rglob("*.kts"):
            for line in expectations.read(path)[0]:
                code, message = re.fullmatch(r"line +\d+: \w+\[(KTS\d+)\]: (.*)", line).groups()
                yield code, message
    for case in limits.cases():
        if case.code:
            yield case.code, case.message


def main():
    """One subtest per message."""
    root = Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else Path(__file__).resolve().parents[2]
    table = (root / "src" / "source" / "diag.def").read_text()
    codes = dict(re.findall(r"^DIAG\((\w+), (\d{4}),", table, re.MULTILINE))
    tested = set(announced(root))
    tap = Tap()
    for name, number in codes.items():
        tap.check(f"KTS{number} {name}", "" if any(code == f"KTS{number}" for code, _ in tested) else
                  "no file of tests/reject, tests/accept or tests/limits announces it")
    for place, name, whole in messages(root):
        said = pattern(whole)
        tap.check(f"{place}: {whole}", "" if any(said.fullmatch(message) and (not name or code == f"KTS{codes[name]}")
                                                 for code, message in tested) else "no test announces this message")
    tap.finish()


if __name__ == "__main__":
    main()
