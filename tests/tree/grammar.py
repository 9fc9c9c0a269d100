#!/usr/bin/env python3
"""Every rule of the grammar is used by a test: the rules of statements by a program that is right,
those of mistakes by one of tests/reject.

    grammar.py --trace build/tests/trace_rules --rules build/tests/kts_trace.xml
"""

import argparse
import sys
import tempfile
import xml.etree.ElementTree as ElementTree
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "lib"))
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "driver"))
import pages  # noqa: E402
from programs import ROOT, TESTS, program, run  # noqa: E402
from tap import Tap  # noqa: E402


def read_rules(path):
    """(number, as it is written, whether it is one of mistakes) of each rule."""
    for rule in ElementTree.parse(path).getroot().find("grammar").find("rules"):
        right = [symbol.text for symbol in rule.find("rhs") if symbol.tag == "symbol"]
        # bison's own rule accepts the file and is never reduced.
        if not rule.find("lhs").text.startswith("$"):
            yield int(rule.get("number")), f"{rule.find('lhs').text}: {' '.join(right) or '%empty'}", "error" in right


def right_programs(folder):
    """Files that are to compile: tests/accept, what is shipped, and code blocks of the docs."""
    yield from sorted((TESTS / "accept").rglob("*.kts"))
    for top in "scenarios", "stdlib":
        yield from sorted((ROOT / top).rglob("*.kts"))
    for page in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]:
        for block in pages.blocks(page.read_text()):
            if block.language == "kts" and "error" not in block.tags:
                text = f"scenario fragment {{\n{block.text}}}\n" if "fragment" in block.tags else block.text
                path = folder / f"{page.stem}-{block.line}.kts"
                path.write_text(text)
                yield path


def used_rules(trace, files):
    """The numbers of the rules that these files use."""
    result = run([trace, *files], deadline=60)
    if result.code != 0 or result.err:
        sys.exit(result.summary())
    return {int(line) for line in result.text.split()}


def main():
    """One subtest per rule."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--trace", type=program, required=True)
    parser.add_argument("--rules", type=Path, required=True)
    arguments = parser.parse_args()
    tap = Tap()
    with tempfile.TemporaryDirectory(prefix="kts-grammar-") as folder:
        right = used_rules(arguments.trace, right_programs(Path(folder)))
    wrong = used_rules(arguments.trace, sorted((TESTS / "reject").glob("*.kts")))
    rules = list(read_rules(arguments.rules))
    for number, text, mistake in rules:
        used = number in (wrong if mistake else right)
        where = "tests/reject" if mistake else "tests/accept, scenarios, stdlib or docs"
        tap.check(text, "" if used else f"no program of {where} uses this rule of grammar/kts.y")
    numbers = {number for number, _, _ in rules}
    tap.check("the rules are those of the parser", "" if right | wrong <= numbers | {0} else f"{(right | wrong) - numbers}")
    mistakes = [text for number, text, mistake in rules if mistake and number in right]
    tap.check("a right program uses no rule of mistakes", "\n".join(mistakes))
    tap.finish()


if __name__ == "__main__":
    main()
