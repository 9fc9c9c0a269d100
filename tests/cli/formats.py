#!/usr/bin/env python3
"""The formats of ktstrc check that other programs read: SARIF documents, and GitHub's annotations.

    formats.py --ktstrc build/ktstrc [--sanitized]

SARIF documents are validated with the schema and the validator that `tools/setup test` installs.
"""

import argparse
import json
import os
import re
import sys
import tempfile
from pathlib import Path
from urllib.parse import unquote_to_bytes

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "lib"))
from programs import ROOT, TESTS, program, run  # noqa: E402
from tap import Tap  # noqa: E402

MODULES = ROOT / ".cache" / "npm"
VALIDATOR = Path(__file__).resolve().parent / "validate_sarif.js"
GITHUB_RESULTS_MAX = 25000

# Names that mean something to a URI, to a workflow command, or to a terminal.
HOSTILE_NAMES = ["a b.kts", "100%.kts", "%41.kts", "a:b,c.kts", "new\nline.kts", "cr\rlf.kts", "größe-漢.kts",
                 "#frag?query.kts", "-dash.kts", "quote\"'\\.kts", "::error::x.kts", "e\x1b[31m.kts"]
BAD = b"scenario s {\n    hold 1\n}\n"


def read_github(line):
    """An annotation as GitHub's runner reads it: its properties and its message."""
    match = re.fullmatch(r"::(error|warning) ([^\n]*?)::([^\n\r]*)", line)
    if not match:
        raise ValueError(f"no annotation: {line!r}")
    pairs = dict(pair.split("=", 1) for pair in match[2].split(","))
    properties = {key: unescape(value, {"%2C": ",", "%3A": ":"}) for key, value in pairs.items()}
    return {"severity": match[1], **properties, "message": unescape(match[3], {})}


def unescape(text, more):
    """Takes back the escapes of a workflow command; '%' itself comes last."""
    for escaped, plain in {"%0D": "\r", "%0A": "\n", **more, "%25": "%"}.items():
        text = text.replace(escaped, plain)
    return text


def plain(message):
    """The text of a message whose braces are doubled; one alone would be a mistake."""
    if re.search(r"(?<!{)(?:{{)*{(?!{)|(?<!})(?:}})*}(?!})", message):
        raise ValueError(f"a brace stands alone: {message!r}")
    return message.replace("{{", "{").replace("}}", "}")


def place(data, offset):
    """Line and column of a byte, counted in code points; a byte order mark and a line's end are none."""
    begin = data.rfind(b"\n", 0, offset) + 1
    end = data.find(b"\n", begin)
    line = data[begin:len(data) if end < 0 else end].removesuffix(b"\r")
    before = line[:offset - begin]
    if begin == 0:
        before = before.removeprefix(b"\xef\xbb\xbf")
    # Each byte that is no UTF-8 becomes one surrogate.
    return data.count(b"\n", 0, offset) + 1, len(before.decode(errors="surrogateescape")) + 1


class Formats:
    """The program, a scratch folder, and the results."""

    def __init__(self, arguments, folder):
        self.tap = Tap()
        self.ktstrc = arguments.ktstrc
        self.slower = 6 if arguments.sanitized else 1
        self.folder = folder

    def check(self, form, *names, folder=None, options=()):
        """Runs ktstrc check."""
        return run([self.ktstrc, "check", "-q", "--format", form, *options, "--", *names],
                   cwd=folder or self.folder, deadline=60 * self.slower)

    def sarif(self, *names, folder=None, options=(), codes=(0, 1)):
        """The one run of a document, which is valid."""
        result = self.check("sarif", *names, folder=folder, options=options)
        if result.code not in codes:
            raise ValueError(result.summary())
        document = self.folder / "document.sarif"
        document.write_bytes(result.out)
        if fault := self.validate(document):
            raise ValueError(fault)
        log = json.loads(result.out)
        if log["version"] != "2.1.0" or len(log["runs"]) != 1:
            raise ValueError("not one run of SARIF 2.1.0")
        return log["runs"][0]

    def validate(self, document):
        """What the schema has against a document."""
        result = run(["node", VALIDATOR, MODULES, document], deadline=60)
        if result.code == 0:
            return ""
        return result.text if result.code == 3 else f"no validator: run tools/setup test\n{result.summary()}"

    def objects(self, *names, folder=None, options=()):
        """The same diagnostics as JSON objects."""
        return [json.loads(line) for line in self.check("json", *names, folder=folder, options=options).out.splitlines()]

    def subtest(self, name, part, *arguments):
        """Runs one part; what it raises is its fault."""
        try:
            self.tap.check(name, part(*arguments) or "")
        except (ValueError, KeyError, IndexError) as error:
            self.tap.failed_with(name, f"{error!r}".replace("\\n", "\n"))

    def spoiled(self):
        """The validator refuses what the schema does."""
        good = self.check("sarif", "reject/gone.kts", folder=TESTS).text
        for old, new in [("startLine", "startLin"), ('"2.1.0"', '"2.1.1"'), ('"level": "error"', '"level": "fatal"'),
                         ('"startColumn": ', '"startColumn": -'), ('"ktstrc"', "7")]:
            document = self.folder / "spoiled.sarif"
            document.write_text(good.replace(old, new))
            if good == document.read_text() or not self.validate(document):
                return f"{old} may become {new}"
        return self.validate_text(good)

    def validate_text(self, text):
        """As validate(), of a text."""
        document = self.folder / "good.sarif"
        document.write_text(text)
        return self.validate(document)

    def all_rejects(self):
        """A document for all of tests/reject says what the JSON objects say, place by place."""
        names = sorted(str(path.relative_to(TESTS)) for path in (TESTS / "reject").glob("*.kts"))
        run_of_all = self.sarif(*names, folder=TESTS)
        found, results = self.objects(*names, folder=TESTS), run_of_all["results"]
        rules = run_of_all["tool"]["driver"]["rules"]
        if len(found) != len(results) or len(found) < 100:
            return f"{len(results)} results of {len(found)} diagnostics"
        for one, result in zip(found, results):
            said = plain(result["message"]["text"]).split("\nhelp: ")
            if (result["ruleId"], result["level"], said[0], said[1:]) != (one["code"], one["severity"], one["message"], one["notes"]):
                return f"{result} is not {one}"
            if rules[result["ruleIndex"]]["id"] != one["code"]:
                return f"rule {result['ruleIndex']} is not {one['code']}"
            places = [one, *one["labels"], *([one["fix"]] if "fix" in one else [])]
            regions = [result["locations"][0], *result.get("relatedLocations", [])]
            if fix := result.get("fixes"):
                change = fix[0]["artifactChanges"][0]
                regions.append({"physicalLocation": {**change, "region": change["replacements"][0]["deletedRegion"]}})
                if change["replacements"][0]["insertedContent"]["text"] != one["fix"]["replacement"]:
                    return f"{change} is not {one['fix']}"
            for there, location in zip(places, regions, strict=True):
                if fault := self.misplaced(there, location["physicalLocation"], TESTS):
                    return f"{fault}\n{one}"
        if not any("fixes" in result for result in results) or not any("relatedLocations" in result for result in results):
            return "nothing has a fix, or nothing a label"
        return ""

    def misplaced(self, there, location, folder):
        """How a physical location differs from a place with byte offsets."""
        name = os.fsdecode(unquote_to_bytes(location["artifactLocation"]["uri"]))
        if name != there["file"]:
            return f"{location} is not in {there['file']}"
        data, region = (folder / name).read_bytes(), location["region"]
        for offset, line, column in ((there["byte_start"], region["startLine"], region["startColumn"]),
                                     (there["byte_end"], region["endLine"], region["endColumn"])):
            if place(data, offset) != (line, column):
                return f"byte {offset} is at {place(data, offset)}: {region}"
        return ""

    def columns(self, text, wanted):
        """The first result's line and columns."""
        (self.folder / "columns.kts").write_bytes(text)
        region = self.sarif("columns.kts")["results"][0]["locations"][0]["physicalLocation"]["region"]
        have = (region["startLine"], region["startColumn"], region["endLine"], region["endColumn"])
        return "" if have == wanted else f"{have} should be {wanted}"

    def hostile_name(self, name):
        """A file's name comes back whole from both formats."""
        (self.folder / name).write_bytes(BAD)
        uri = self.sarif(name)["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        if os.fsdecode(unquote_to_bytes(uri)) != name or not re.fullmatch(r"[\w./~-]*(%[0-9A-F]{2}[\w./~-]*)*", uri, re.ASCII):
            return f"{uri!r} is not {name!r}"
        lines = self.check("github", name).text.removesuffix("\n").split("\n")
        read = [read_github(line) for line in lines]
        wanted = {"file": name, "line": "2", "endLine": "2", "col": "10", "endColumn": "11", "title": "KTS0301"}
        if len(read) != 1 or not wanted.items() <= read[0].items():
            return f"{lines} should be {wanted}"
        return ""

    def hostile_messages(self):
        """Messages with percent signs, braces and more come back whole."""
        text = ('use "%0A::error::,\\{x\\}[y](1)\\n\\t100%"\nscenario s {\n    cgroup a { cpus = cpus("%25,:\\{"); spawn cpu_spin }\n'
                '    hold 1.5\n    set a.nosuch = 50%\n    hodl; sleep 5%%\n}\n')
        (self.folder / "messages.kts").write_text(text)
        found = self.objects("messages.kts")
        read = [read_github(line) for line in self.check("github", "messages.kts").text.splitlines()]
        results = self.sarif("messages.kts")["results"]
        said = [(one["code"], one["message"]) for one in found]
        if said != [(one["title"], one["message"]) for one in read]:
            return f"{read} should be {said}"
        if said != [(one["ruleId"], plain(one["message"]["text"]).split("\nhelp: ")[0]) for one in results]:
            return f"{results} should be {said}"
        return "" if len(said) >= 4 and any("%0A::" in message and "{x}" in message for _, message in said) else f"nothing hostile in {said}"

    def paths(self):
        """Relative where the file lies below the working folder, and the same however it is named."""
        below = self.folder / "below"
        below.mkdir()
        (below / "bad.kts").write_bytes(BAD)
        uris = [self.sarif(name)["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
                for name in ("below/bad.kts", "./below/bad.kts", f"{self.folder}/below/bad.kts")]
        if set(uris) != {"below/bad.kts"}:
            return f"{uris}"
        outside = self.sarif(f"{self.folder}/below/bad.kts", folder="/usr")
        uri = outside["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        return "" if uri == f"file://{self.folder}/below/bad.kts" else uri

    def prints(self, text):
        """The fingerprints of a text's results."""
        (self.folder / "prints.kts").write_text(text)
        return [result["partialFingerprints"]["ktstr/v1"] for result in self.sarif("prints.kts")["results"]]

    def fingerprints(self):
        """The same when lines move, others for other lines or rules, each once."""
        lines = ["hold 1", "hold 2", "hold 1", "hodl 1s", "set a.cpus = 3"]
        text = "scenario s {\n    cgroup a { spawn cpu_spin }\n" + "".join(f"    {line}\n" for line in lines) + "    hold 1s\n}\n"
        first = self.prints(text)
        if len(set(first)) != len(lines):
            return f"{first} should be {len(lines)} different ones"
        if first[0].split(":")[0] != first[2].split(":")[0]:
            return f"the same line twice: {first}"
        moved = self.prints("# more\n\n" + text.replace("    ", "\t").replace("hold 2", "hold  2").replace("\n", "\n\n"))
        if moved != first:
            return f"{first} became {moved}"
        other = self.prints(text.replace("hold 2", "hold 3"))
        return "" if [a == b for a, b in zip(first, other)] == [True, False, True, True, True] else f"{first} and {other}"

    def several_files(self):
        """One document, whatever becomes of the files."""
        (self.folder / "good.kts").write_text("scenario s {\n    cgroup a { spawn cpu_spin }\n    hold 1s\n}\n")
        (self.folder / "bad.kts").write_bytes(BAD)
        clean = self.sarif("good.kts", "good.kts", codes=[0])
        if clean["results"] or not clean["invocations"][0]["executionSuccessful"]:
            return f"of sound files: {clean['results']}, {clean['invocations']}"
        mixed = self.sarif("bad.kts", "nosuch.kts", "good.kts", "bad.kts", codes=[2])
        if len(mixed["results"]) != 2 or mixed["invocations"][0]["executionSuccessful"]:
            return f"with a missing file: {mixed['results']}, {mixed['invocations']}"
        werror = self.sarif("reject/unused_name.kts", folder=TESTS, options=["-Werror"], codes=[1])
        return "" if {result["level"] for result in werror["results"]} == {"error"} else "-Werror"

    def limits(self):
        """--max-errors is per file; what GitHub would refuse is not written."""
        (self.folder / "many.kts").write_text("scenario s {\n" + "    hold 1\n" * 9999 + "}\n")
        few = self.sarif("many.kts", "many.kts", codes=[1])["results"]
        several = self.sarif("many.kts", options=["--max-errors", "3"], codes=[1])["results"]
        most = self.sarif(*["many.kts"] * 3, options=["--max-errors", "0"], codes=[1])["results"]
        counts = len(few), len(several), len(most)
        return "" if counts == (40, 3, GITHUB_RESULTS_MAX) else f"{counts}"

    def run_all(self):
        """Runs every part."""
        self.subtest("sarif: the validator refuses", self.spoiled)
        self.subtest("sarif: all of tests/reject", self.all_rejects)
        columns = {
            "tabs": (b"scenario s {\n\t\thold 1\n}\n", (2, 8, 2, 9)),
            "two bytes": ('scenario s {\n    note "größe"; hold 1\n}\n'.encode(), (2, 24, 2, 25)),
            "beyond the 16 bits": ('scenario s {\n    note "𝄞𝄞"; hold 1\n}\n'.encode(), (2, 21, 2, 22)),
            "a byte order mark": (b"\xef\xbb\xbfscenario s { hold 1 }\n", (1, 19, 1, 20)),
            "CRLF": (b"scenario s {\r\n    hold 1\r\n}\r\n", (2, 10, 2, 11)),
            "the end of a line of CRLF": (b"scenario s {\r\n    hold\r\n}\r\n", (2, 9, 3, 1)),
            "the end of the file": (b"scenario s {\n    hold 1s", (1, 12, 1, 13)),
            "a byte that is no UTF-8": (b"# \xc3\xa4\xff\n", (1, 4, 1, 5)),
        }
        for name, (text, wanted) in columns.items():
            self.subtest(f"sarif: columns: {name}", self.columns, text, wanted)
        for name in HOSTILE_NAMES:
            self.subtest(f"a file's name: {name!r}", self.hostile_name, name)
        self.subtest("hostile messages", self.hostile_messages)
        self.subtest("sarif: paths", self.paths)
        self.subtest("sarif: fingerprints", self.fingerprints)
        self.subtest("sarif: several files", self.several_files)
        self.subtest("sarif: limits", self.limits)


def main():
    """Runs all of it in a scratch folder."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ktstrc", type=program, required=True)
    parser.add_argument("--sanitized", action="store_true", help="the program is built with sanitizers")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="kts-formats-") as folder:
        formats = Formats(arguments, Path(folder).resolve())
        formats.run_all()
    formats.tap.finish()


if __name__ == "__main__":
    main()
