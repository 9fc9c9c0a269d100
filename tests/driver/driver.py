#!/usr/bin/env python3
"""Runs the data-driven tests: one file, or one code block of a page, is one subtest.

    driver.py --ktstrc build/ktstrc --ktstr build/ktstr [--update] SUITE [FILE...]

accept    tests/accept: compiles with nothing but the warnings it announces; NAME.disasm beside it
reject    tests/reject: exactly the diagnostics it announces; NAME.stderr is the whole rendering;
          `#! check OPTIONS` in the file are options of its check
plan      tests/plan: what `#! plan ARGUMENTS` in the file plans is in NAME.plan
fmt       tests/fmt: the canonical form of NAME.kts is NAME.fmt, and its own canonical form
docs      docs/ and README.md: code blocks compile, console blocks tagged `test` print what they say,
          pages of docs/reference are what ktstrc prints
programs  scenarios/ and stdlib/: all that is shipped compiles without a word, and is canonical

--update rewrites expectations which differ, in comments and in files, and prints what changed: read
that before you commit it.
"""

import argparse
import json
import re
import shlex
import sys
import tempfile
from difflib import unified_diff
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "lib"))
import expectations  # noqa: E402
import pages  # noqa: E402
import timeline  # noqa: E402
from programs import ROOT, program, run  # noqa: E402
from tap import Tap  # noqa: E402


class Fault(Exception):
    """What is wrong with a case, as text to print below it."""


def difference(expected, actual, name="expected"):
    """A unified diff, empty when both are equal."""
    return "\n".join(unified_diff(expected.split("\n"), actual.split("\n"), name,
                                  "what the program printed", lineterm=""))


class Driver:
    """The programs under test, and whether to rewrite what was expected of them."""

    def __init__(self, arguments):
        self.ktstrc = arguments.ktstrc
        self.ktstr = arguments.ktstr
        self.update = arguments.update
        self.root = arguments.root.resolve()
        self.tests = self.root / "tests"
        self.files = [Path(name).resolve() for name in arguments.files]
        self.tap = Tap()

    def relative(self, path):
        """A file's name as tests print it."""
        return str(path.relative_to(self.root) if path.is_relative_to(self.root) else path)

    def each(self, case, *folders):
        """Runs a case for the files named on the command line, or else for all below the folders."""
        below = (path for folder in folders for path in (self.root / folder).rglob("*.kts"))
        for path in self.files or sorted(below):
            self.subtest(self.relative(path), case, path)

    def subtest(self, name, case, *arguments):
        """Runs one case under its name."""
        try:
            case(*arguments)
        except Fault as fault:
            self.tap.failed_with(name, str(fault))
        else:
            self.tap.passed(name)

    def compare(self, path, actual):
        """Compares with an expectation on disk, or rewrites it."""
        expected = path.read_text() if path.exists() else ""
        if expected == actual:
            return
        if not self.update:
            raise Fault(difference(expected, actual, self.relative(path)))
        self.write(path, expected, actual)

    def write(self, path, old, new):
        """Rewrites what was expected, and says so."""
        path.write_bytes(new.encode(errors="surrogateescape"))
        print(f"updated {self.relative(path)}:", file=sys.stderr)
        print(difference(old, new, self.relative(path)), file=sys.stderr)

    def compiler(self, command, path, *options):
        """Runs ktstrc in the tests' folder, so that the names it prints are the same everywhere."""
        return run([self.ktstrc, command, *options, path.relative_to(self.tests)], cwd=self.tests)

    def diagnose(self, path, wanted):
        """The diagnostics of one file are those wanted, well-formed, and told by the exit code."""
        result = self.compiler("check", path, "--format", "json", *self.check_options(path))
        try:
            said = [json.loads(line) for line in result.out.splitlines()]
        except ValueError as error:
            raise Fault(f"not one JSON object per line: {error}\n{result.summary()}") from error
        found = [one for one in said if "scenario" not in one]
        for one in found:
            if fault := expectations.malformed(one, str(path.relative_to(self.tests)), path.read_bytes()):
                raise Fault(fault)
        shown = [expectations.show(one["line"], one["severity"], one["code"], one["message"])
                 for one in found]
        have = sorted(shown)
        if have != wanted:
            if not self.update:
                raise Fault(difference("\n".join(wanted), "\n".join(have)))
            text = path.read_bytes().decode(errors="surrogateescape")
            lines = [one["line"] for one in found]
            # A pinned rendering shows source lines, and they read better without remarks.
            beside = not path.with_suffix(".stderr").exists()
            self.write(path, text, expectations.rewritten(text, zip(lines, shown), beside))
        code = 1 if any(one["severity"] == "error" for one in found) else 0
        scenarios = len(re.findall(rb"^scenario ", path.read_bytes(), re.MULTILINE))
        bounds = [one for one in said if "scenario" in one]
        if len(bounds) != (0 if code else scenarios) or not all(one["bound_ns"] >= 0 for one in bounds):
            raise Fault(f"expected a bound for each scenario of a sound file: {result.summary()}")
        if result.code != code or result.err:
            raise Fault(f"expected exit code {code} and nothing on stderr: {result.summary()}")

    def check_options(self, path):
        """What a line `#! check OPTIONS` of a file adds to its check."""
        found = re.search(rb"^#! check (.*)$", path.read_bytes(), re.MULTILINE)
        return shlex.split(found[1].decode()) if found else []

    def wanted(self, path):
        """The diagnostics that a file announces."""
        wanted, complaints = expectations.read(path)
        if complaints:
            raise Fault("\n".join(complaints))
        return wanted

    def accept(self, path):
        """A file that compiles."""
        self.diagnose(path, self.wanted(path))
        wanted = self.wanted(path)
        if any(": error[" in one for one in wanted):
            raise Fault("a file of tests/accept announces no errors")
        plain = self.compiler("check", path)
        if plain.code != 0 or bool(plain.err) != bool(wanted):
            raise Fault(f"only warnings belong on stderr: {plain.summary()}")
        disassembly = path.with_suffix(".disasm")
        if disassembly.exists():
            result = self.compiler("disasm", path)
            if result.code != 0:
                raise Fault(f"disasm: {result.summary()}")
            self.compare(disassembly, result.text)

    def reject(self, path):
        """A file that breaks a rule."""
        self.diagnose(path, self.wanted(path))
        if not self.wanted(path):
            raise Fault("a file of tests/reject announces at least one diagnostic")
        rendering = path.with_suffix(".stderr")
        if rendering.exists():
            self.compare(rendering, self.compiler("check", path, *self.check_options(path)).errors)

    def plan(self, path):
        """A file whose plans are known."""
        commands = re.findall(r"^#! plan ?(.*)$", path.read_text(), re.MULTILINE)
        if not commands:
            raise Fault("no line of the file says `#! plan ARGUMENTS`")
        parts = []
        for command in commands:
            result = run([self.ktstr, "plan", "--format", "json", *shlex.split(command),
                          path.relative_to(self.tests)], cwd=self.tests)
            try:
                lines = timeline.lines(json.loads(result.out))
                parts.append("\n".join([f"$ plan {command}", *lines]) + "\n")
            except (ValueError, KeyError, TypeError) as error:
                raise Fault(f"plan {command}: {error!r}: {result.summary()}") from error
        self.compare(path.with_suffix(".plan"), "\n".join(parts))

    def fmt(self, path):
        """A file whose canonical form is known."""
        form = path.with_suffix(".fmt")
        for text in path.read_bytes(), form.read_bytes() if form.exists() else b"":
            result = run([self.ktstrc, "fmt", "-"], stdin=text)
            if result.code != 0 or result.err:
                raise Fault(result.summary())
            self.compare(form, result.text)

    def program(self, path):
        """A file that is shipped."""
        for command in ["check"], ["fmt", "--diff"]:
            result = run([self.ktstrc, *command, self.relative(path)], cwd=self.root)
            if result.code != 0 or result.err:
                raise Fault(result.summary())

    def page(self, path):
        """The blocks of one page, each a subtest; they share a folder."""
        try:
            blocks = list(pages.blocks(path.read_text()))
        except ValueError as error:
            self.tap.failed_with(self.relative(path), str(error))
            return
        with tempfile.TemporaryDirectory(prefix="kts-docs-") as folder:
            for block in blocks:
                name = f"{self.relative(path)}:{block.line}"
                if block.language == "kts":
                    self.subtest(name, self.code_block, block, Path(folder))
                elif block.language == "console" and "test" in block.tags:
                    self.subtest(name, self.console_block, block, Path(folder))

    def code_block(self, block, folder):
        """A block in our language: compiles, or does not where its tag says so."""
        if unknown := set(block.tags) - {"error", "fragment"}:
            raise Fault(f"unknown tags: {' '.join(unknown)}")
        text = f"scenario fragment {{\n{block.text}}}\n" if "fragment" in block.tags else block.text
        named = re.match(r"# file: ([\w./-]+\.kts)\n", block.text)
        file = folder / (named[1] if named else "block.kts")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        result = run([self.ktstrc, "check", file.name], cwd=file.parent)
        wanted = 1 if "error" in block.tags else 0
        if result.code != wanted or bool(result.err) != bool(wanted):
            raise Fault(f"ktstrc check should end with {wanted}: {result.summary()}")

    def console_block(self, block, folder):
        """A session: prints what the page says."""
        if fault := pages.replay(block, folder, {"ktstrc": self.ktstrc, "ktstr": self.ktstr}):
            raise Fault(fault)

    def reference_page(self, path):
        """A page printed from the tables of the source: prints the same today."""
        result = run([self.ktstrc, "docs", path.stem])
        if result.code != 0 or result.err:
            raise Fault(result.summary())
        self.compare(path, result.text)

    def api_page(self, path):
        """The page printed from the public header."""
        result = run([self.root / "tools" / "api-page"])
        if result.code != 0 or result.err:
            raise Fault(result.summary())
        self.compare(path, result.text)

    def run_suite(self, suite):
        """Runs one suite to its end."""
        if suite == "docs":
            docs = sorted((self.root / "docs").rglob("*.md"))
            for path in self.files or [self.root / "README.md", *docs]:
                self.page(path)
                if path.parent.name == "reference":
                    self.subtest(f"{self.relative(path)} as printed", self.reference_page, path)
                elif path.name == "hooks-api.md":
                    self.subtest(f"{self.relative(path)} as printed", self.api_page, path)
        elif suite == "programs":
            self.each(self.program, "scenarios", "stdlib")
        else:
            self.each(getattr(self, suite), f"tests/{suite}")
        self.tap.finish()


def main():
    """Reads the command line."""
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ktstrc", type=program, required=True)
    parser.add_argument("--ktstr", type=program, required=True)
    parser.add_argument("--update", action="store_true")
    parser.add_argument("--root", type=Path, default=ROOT, help="another checkout to test")
    parser.add_argument("suite", choices=["accept", "reject", "plan", "fmt", "docs", "programs"])
    parser.add_argument("files", nargs="*", metavar="FILE")
    arguments = parser.parse_args()
    Driver(arguments).run_suite(arguments.suite)


if __name__ == "__main__":
    main()
