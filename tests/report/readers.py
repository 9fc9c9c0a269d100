"""Reads back what ktstr reports in each format, by the rules of that format's own readers.

Each reader raises Wrong, or gives [(verdict, name)] of what stands there.
"""

import json
import re
import subprocess
import tempfile
import xml.etree.ElementTree as ElementTree
from html.parser import HTMLParser
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
CACHE = ROOT / ".cache"
MODULES = CACHE / "npm"
JUNIT_XSD = HERE / "junit.xsd"
SCHEMA = ROOT / "docs/schema/ktstr.report-1.json"


class Wrong(Exception):
    """A report that its readers would not take."""


def need(condition, message):
    """Complains unless the condition holds."""
    if not condition:
        raise Wrong(message)


def command(argv, content=None):
    """Runs a validator of others and returns its output; it must be content."""
    result = subprocess.run([str(word) for word in argv], input=content, capture_output=True, check=False, timeout=60)
    need(result.returncode == 0, f"{argv[0]}: {result.stdout.decode()}{result.stderr.decode()}"[:2000])
    return result.stdout.decode()


def read_json(content):
    """JSON, against the schema in the tree."""
    with tempfile.NamedTemporaryFile(suffix=".json") as file:
        file.write(content)
        file.flush()
        # Debian's package, whatever python3 comes first here.
        check = ("import json, jsonschema, sys; s = json.load(open(sys.argv[1])); "
                 "jsonschema.Draft202012Validator.check_schema(s); "
                 "jsonschema.Draft202012Validator(s).validate(json.load(open(sys.argv[2])))")
        command(["/usr/bin/python3", "-c", check, SCHEMA, file.name])
    report = json.loads(content)
    counts = {name: 0 for name in report["totals"]}
    for scenario in report["scenarios"]:
        counts[scenario["status"].lower()] += 1
    need(counts == report["totals"], "the totals are not those of the scenarios")
    return [(scenario["status"], scenario["name"]) for scenario in report["scenarios"]]


def parse(kind, content):
    """What a reader of npm's makes of a report: parse.js."""
    need((MODULES / "installed").exists(), "no readers of npm's: tools/setup test installs them")
    return command(["node", HERE / "parse.js", kind, MODULES], content)


# The kernel's own reader of KTAP, tools/testing/kunit of its source.
KUNIT = """
import json, sys
sys.path.insert(0, sys.argv[1])
import kunit_parser
test = kunit_parser.parse_run_tests(sys.stdin.read().splitlines())
print(json.dumps({"errors": test.counts.errors, "results": [[each.name, each.status.name] for each in test.subtests]}))
"""
KUNIT_STATUS = {"PASS": "SUCCESS", "SKIP": "SKIPPED", "INCONCLUSIVE": "SKIPPED"}  # others: FAILURE


def parse_ktap(content):
    """What the kernel's reader makes of it, [(name, status)]."""
    need((CACHE / "kunit/kunit_parser.py").exists(), "no kunit_parser.py: tools/setup test fetches it")
    parsed = json.loads(command(["/usr/bin/python3", "-c", KUNIT, CACHE / "kunit"], content).splitlines()[-1])
    need(parsed["errors"] == 0, "kunit_parser.py found errors")
    return parsed["results"]


# What that reader lets pass is held against the rules of ktap.rst.
KTAP_RESULT = re.compile(r"(ok|not ok) ([0-9]+) ?(- )?([^#]*)( # .*)?$")
KTAP_DIRECTIVES = {"SKIP": "ok", "XFAIL": "not ok", "TIMEOUT": "not ok", "ERROR": "not ok"}


def read_ktap(content):
    """The version, the plan, results in order with one directive at most, totals that add up."""
    lines = content.decode().split("\n")
    need(lines.pop() == "", "the last line has no end")
    need(lines[0] == "KTAP version 1", f"the first line is {lines[0]!r}")
    plan = re.fullmatch(r"1\.\.([0-9]+)", lines[1])
    need(plan, f"no plan: {lines[1]!r}")
    found, counts = [], {"pass": 0, "fail": 0, "skip": 0, "error": 0}
    for line in lines[2:]:
        if line.startswith("# "):
            need(not line.startswith("# Subtest: "), "a note that opens a subtest")
            continue
        match = KTAP_RESULT.match(line)
        need(match, f"no line of KTAP: {line!r}")
        need(int(match[2]) == len(found) + 1, f"out of order: {line!r}")
        directive, _, rest = (match[5] or " # ")[3:].partition(" ")
        need(not directive or KTAP_DIRECTIVES.get(directive) == match[1], f"a wrong directive: {line!r}")
        need(directive != "SKIP" or rest.strip(), f"a skip without a reason: {line!r}")
        kind = "skip" if directive == "SKIP" else "error" if directive else "pass" if match[1] == "ok" else "fail"
        counts[kind] += 1
        verdict = {"skip": "INCONCLUSIVE" if rest.startswith("inconclusive: ") else "SKIP", "pass": "PASS",
                   "fail": "FAIL", "error": "TIMEOUT" if directive == "TIMEOUT" else "BROKEN"}[kind]
        found.append((verdict, match[4]))
    need(len(found) == int(plan[1]), f"{plan[1]} were planned, {len(found)} came")
    need(lines[-1] == "# Totals: pass:{pass} fail:{fail} xfail:0 xpass:0 skip:{skip} error:{error}".format(**counts),
         f"the totals are wrong: {lines[-1]!r}")
    parsed, wanted = parse_ktap(content), [[name, KUNIT_STATUS.get(verdict, "FAILURE")] for verdict, name in found]
    need(parsed == wanted, f"kunit_parser.py has {parsed}, and {wanted} stands there")
    return found


def read_tap14(content, version=14):
    """The results as that parser has them; the status stands in their YAML blocks."""
    need(content.startswith(b"TAP version %d\n" % version), f"the first line is not that of TAP {version}")
    # npm's tap-parser knows versions 13 and 14.
    parsed = json.loads(parse("tap", content))
    need(not parsed["complaints"], f"tap-parser: {parsed['complaints']}")
    need(parsed["planned"] == parsed["count"] == len(parsed["results"]), f"not as planned: {parsed}")
    found = []
    for number, result in enumerate(parsed["results"], 1):
        verdict = result["diag"]["status"] if result["diag"] else "PASS"
        need(result["id"] == number, f"out of order: {result}")
        need((verdict in ("FAIL", "BROKEN", "TIMEOUT")) == (not result["ok"]), f"{verdict}: {result}")
        need((verdict in ("SKIP", "INCONCLUSIVE")) == bool(result["skip"]), f"{verdict}: {result}")
        need(verdict == "PASS" or result["diag"]["message"], f"no message: {result}")
        found.append((verdict, result["name"]))
    return found


def read_tap(content):
    """The same, and Perl's `prove`: no parse errors, and as many failures as there are bad results."""
    found = read_tap14(content, 13)
    with tempfile.NamedTemporaryFile(suffix=".tap") as file:
        file.write(content)
        file.flush()
        proved = subprocess.run(["prove", "-e", "cat", file.name], capture_output=True, text=True, check=False, timeout=60)
    said = proved.stdout + proved.stderr
    need("Parse errors" not in said and "Dubious" not in said, f"prove: {said}")
    bad = sum(verdict in ("FAIL", "BROKEN", "TIMEOUT") for verdict, _ in found)
    need((proved.returncode == 0) == (bad == 0), f"prove ends with {proved.returncode}, bad are {bad}")
    need(not bad or f"Failed {bad}/{len(found)} subtests" in said, f"prove counts otherwise: {said}")
    return found


def read_junit(content):
    """xmllint, against the schema of the dialect; verdicts as far as JUnit tells them apart."""
    with tempfile.NamedTemporaryFile(suffix=".xml") as file:
        file.write(content)
        file.flush()
        command(["xmllint", "--noout", "--nonet", "--schema", JUNIT_XSD, file.name])
    found, counts = [], {"tests": 0, "failures": 0, "errors": 0, "skipped": 0}
    root = ElementTree.fromstring(content)
    for case in root.iter("testcase"):
        verdict = "PASS"
        counts["tests"] += 1
        for tag, count, word in (("failure", "failures", "FAIL"), ("error", "errors", "BROKEN"), ("skipped", "skipped", "SKIP")):
            for element in case.findall(tag):
                counts[count] += 1
                inconclusive = tag == "skipped" and element.get("message").startswith("inconclusive: ")
                timeout = tag == "error" and element.get("type") == "TIMEOUT"
                verdict = "INCONCLUSIVE" if inconclusive else "TIMEOUT" if timeout else word
        found.append((verdict, case.get("name")))
    for count, wanted in counts.items():
        need(int(root.get(count)) == wanted, f"{count} is {root.get(count)}, and {wanted} are there")
    return found


def read_github(content):
    """Workflow commands, ten of each kind at most, as GitHub's own library prints what is in them."""
    found, kinds, commands = [], {}, []

    def decode(text):
        return re.sub("%([0-9A-F]{2})", lambda code: chr(int(code[1], 16)), text)

    for line in content.decode().split("\n")[:-2]:
        match = re.fullmatch(r"::(error|warning|notice) ([^:]*)::(.*)", line)
        need(match, f"no command: {line!r}")
        kinds[match[1]] = kinds.get(match[1], 0) + 1
        properties = dict(part.split("=", 1) for part in match[2].split(","))
        properties = {key: decode(value) for key, value in properties.items()}
        commands.append({"command": match[1], "properties": properties, "message": decode(match[3])})
        title = properties["title"]
        if ": " in title:
            name, _, rest = title.rpartition(": ")
            found.append((rest.split(" ")[0], name))
    need(max(kinds.values(), default=0) <= 10, f"GitHub shows no more than ten: {kinds}")
    again, lines = parse("github", json.dumps(commands).encode()).splitlines(), content.decode().split("\n")[:-2]
    need(again == lines, f"@actions/core prints {again}, and not {lines}")
    return found


class Cells(HTMLParser):
    """The cells of a table's body, as text; whatever else is in it."""

    def __init__(self):
        super().__init__()
        self.rows, self.others, self.inside = [], [], False

    def handle_starttag(self, tag, attrs):
        if tag == "tr":
            self.rows.append([])
        elif tag == "td":
            self.rows[-1].append("")
            self.inside = True
        elif self.inside:
            self.others.append(tag)

    def handle_endtag(self, tag):
        self.inside &= tag != "td"

    def handle_data(self, data):
        if self.inside:
            self.rows[-1][-1] += data


def read_markdown(content):
    """A table whose cells hold no markup, also for the program that GitHub's own is made from."""
    table = Cells()
    table.feed(command(["cmark-gfm", "--unsafe", "-e", "table", "-e", "autolink", "-e", "strikethrough"], content))
    need(not table.others, f"cmark-gfm finds markup in cells: {table.others}")
    rows = [line for line in content.decode().split("\n") if line.startswith("| ")]
    for row in rows[2:]:
        cells = re.split(r"(?<!\\)\|", row)
        need(len(cells) == 6, f"{len(cells)} cells: {row!r}")
        need(not re.search(r"(?<!\\)[`*_\[\]]|[<>@]", row), f"markup: {row!r}")
    unescape = [re.sub(r"\\(.)", r"\1", re.sub(r"&#(\d+);", lambda code: chr(int(code[1])), row)) for row in rows[2:]]
    found = [tuple(part.strip() for part in row.split(" | ")[:2]) for row in (text[2:] for text in unescape)]
    drawn = [tuple(row[:2]) for row in table.rows[1:]]
    need([verdict for verdict, _ in drawn] == [verdict for verdict, _ in found], f"cmark-gfm has {drawn}, not {found}")
    return drawn


class Page(HTMLParser):
    """The page's elements, and the texts of its headings."""

    VOID = {"meta", "br", "link", "img", "hr"}

    def __init__(self):
        super().__init__()
        self.elements = []
        self.heading = None
        self.headings = []

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag == "h2":
            self.heading = ""

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        if tag == "h2":
            self.headings.append(self.heading)
            self.heading = None

    def handle_data(self, data):
        if self.heading is not None:
            self.heading += data


def read_page(content):
    """The page as elements: no script, nothing from elsewhere."""
    page = Page()
    page.feed(content.decode())
    for tag, attributes in page.elements:
        need(tag not in ("script", "iframe", "object", "embed", "link", "img", "base", "form"), f"an element {tag}")
        for name, value in attributes.items():
            need(not name.startswith("on"), f"{name} would be obeyed")
            need(name != "href" or value.startswith("#"), f"a way out: {value}")
            need("url(" not in (value or ""), f"something to load: {value}")
    # Drawings are XML, too.
    for drawing in re.findall(r"<svg.*?</svg>", content.decode(), re.DOTALL):
        ElementTree.fromstring(drawing)
    return page


def read_html(content):
    """The verdicts of the page's sections; html-validate has nothing to say of it."""
    page = read_page(content)
    complaints = json.loads(parse("html", content))["complaints"]
    need(not complaints, "\n".join(complaints[:10]))
    statuses = [attributes["data-status"] for tag, attributes in page.elements if tag == "section"]
    return [(status, heading.split(" ", 1)[1].rsplit(" ", 2)[0]) for status, heading in zip(statuses, page.headings)]


def read_perfetto(content):
    """Events of Chrome's trace format: what each phase needs; tracerbench makes the same processes of them."""
    trace = json.loads(content)
    processes = json.loads(parse("perfetto", content))["processes"]
    found = []
    for event in trace["traceEvents"]:
        need(event["ph"] in "MXiC" and isinstance(event["pid"], int) and event["name"] != "", f"a bad event: {event}")
        need(event["ts"] >= 0 and event["cat"] == "ktstr" and isinstance(event["tid"], int), f"a bad event: {event}")
        if event["ph"] == "X":
            need(event["dur"] >= 0, f"no duration: {event}")
        if event["ph"] == "C":
            need(event["args"]["workers"] >= 0, f"fewer than none: {event}")
        if event["name"] == "process_name":
            name, _, status = event["args"]["name"].rpartition(" ")
            found.append((status, name))
    need([process["name"] for process in processes] == [f"{name} {status}" for status, name in found], f"processes: {processes}")
    slices = sum(event["ph"] == "X" for event in trace["traceEvents"])
    modelled = sum(thread["events"] for process in processes for thread in process["threads"])
    need(modelled >= slices > 0 or not found, f"{modelled} events in threads, {slices} slices")
    return found


READERS = {"json": read_json, "ktap": read_ktap, "tap": read_tap, "tap14": read_tap14, "junit": read_junit,
           "github": read_github, "markdown": read_markdown, "html": read_html, "perfetto": read_perfetto}
