#!/usr/bin/env python3
"""Bad input and exit codes of both programs.

    cli.py --ktstrc build/ktstrc --ktstr build/ktstr [--sanitized]

Whatever they are given, the programs end in time, within their memory, by themselves, with the exit
code that the manual promises, and with a message when it is not 0.
"""

import json
import os
import re
import shutil
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "lib"))
from programs import program_parser, run  # noqa: E402
from tap import Tap  # noqa: E402

GIB = 1 << 30
CLEAN, DIAGNOSED, USAGE = {0}, {1}, {2}
EITHER = {0, 1}  # a depth or a length that may be refused, but then with a diagnostic
NOBODY = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]

# Judged by nothing that a busy machine could spoil.
LENIENT = "expect { no gap; no spread }"
GOOD = f"""scenario quick "A group and two workers" {{
    duration = 200ms
    settle = 0s
    cgroup left {{ spawn 2 cpu_spin }}
    hold 200ms; {LENIENT}
}}
"""


def scenario(body, name="probe"):
    """A scenario around statements."""
    return f"scenario {name} {{\n{body}\n}}\n"


def texts():
    """(name, bytes, exit codes, what the message says) of files to check."""
    yield "empty", b"", EITHER, ""
    yield "only a comment", b"# nothing\n", EITHER, ""
    yield "well formed", GOOD.encode(), CLEAN, ""
    yield "CRLF", GOOD.replace("\n", "\r\n").encode(), CLEAN, ""
    yield "no final newline", GOOD.rstrip("\n").encode(), CLEAN, ""
    yield "byte order mark", b"\xef\xbb\xbf" + GOOD.encode(), EITHER, ""
    yield "shebang", b"#!/usr/bin/env -S ktstr exec\n" + GOOD.encode(), CLEAN, ""
    yield "binary", bytes(range(256)) * 64, DIAGNOSED, r"error\[KTS"
    yield "an executable", Path(sys.executable).read_bytes()[:1 << 20], DIAGNOSED, r"error\[KTS"
    yield "NUL byte", GOOD.replace("left", "le\0ft").encode(), DIAGNOSED, r":4:14: error\[KTS"
    yield "NUL byte in a comment", GOOD.encode() + b"# \0\n", DIAGNOSED, r":7:\d+: error\[KTS"
    yield "invalid UTF-8", GOOD.encode() + b"# \xff\xfe\n", DIAGNOSED, r":7:3: error\[KTS"
    yield "invalid UTF-8 in a string", GOOD.encode().replace(b"A group", b"\xc3("), DIAGNOSED, r":1:\d+: error\[KTS"
    yield "surrogate in UTF-8", GOOD.encode() + b"# \xed\xa0\x80\n", DIAGNOSED, r"error\[KTS"
    yield "overlong UTF-8", GOOD.encode() + b"# \xc0\xaf\n", DIAGNOSED, r"error\[KTS"
    yield "UTF-8 in comment and string", (GOOD + '# größe ✓\n').replace("A group", "Eine Größe").encode(), CLEAN, ""
    yield "unterminated string", b'scenario a "never ends\n{\n}\n', DIAGNOSED, r":1:12: error\[KTS"
    yield "unterminated interpolation", scenario('note "{duration').encode(), DIAGNOSED, r":2:\d+: error\[KTS"
    yield "unterminated block", GOOD.rstrip("}\n").encode(), DIAGNOSED, r"error\[KTS"
    yield "one brace too many", (GOOD + "}\n").encode(), DIAGNOSED, r":7:1: error\[KTS"
    yield "number that does not fit", scenario("hold 99999999999999999999s").encode(), DIAGNOSED, r":2:\d+: error\[KTS"
    yield "name of 1 MiB", scenario(f"create {'x' * (1 << 20)}").encode(), EITHER, ""
    yield "line of 8 MiB", scenario("let s = \"" + "x" * (8 << 20) + '"').encode(), EITHER, ""
    yield "100,000 errors", scenario("hodl 1s\n" * 100_000).encode(), DIAGNOSED, r"error\[KTS"
    yield "5 MB of text", b"lorem ipsum dolor sit amet\n" * (5_000_000 // 27), DIAGNOSED, r"error\[KTS"
    yield "50 MB of zeros", bytes(50_000_000), DIAGNOSED, r"error\[KTS"
    yield "50 MB of comments", b"# lorem ipsum dolor sit amet\n" * (50_000_000 // 29) + GOOD.encode(), CLEAN, ""
    yield "50 MB of one word", b"x" * 50_000_000, DIAGNOSED, r"error\[KTS"
    yield from deep_texts()


def deep_texts():
    """Texts that nest deeply or go on for long."""
    depth, length = 10_000, 100_000
    yield "10,000 scopes", scenario("scope {" * depth + "}" * depth).encode(), EITHER, ""
    yield "10,000 scopes left open", scenario("scope {" * depth).encode(), DIAGNOSED, r"error\[KTS"
    yield "10,000 parentheses", scenario(f"let x = {'(' * depth}1{')' * depth}").encode(), EITHER, ""
    yield "10,000 parentheses left open", scenario(f"let x = {'(' * depth}1").encode(), DIAGNOSED, r"error\[KTS"
    yield "10,000 else if", scenario("if topo.cpus == 1 {}" + " else if topo.cpus == 2 {}" * depth).encode(), EITHER, ""
    yield "10,000 nested if", scenario("if true {" * depth + "}" * depth).encode(), EITHER, ""
    yield "100,000 terms", scenario("let x = 1" + "+1" * length + "\nhold x * 1ns").encode(), EITHER, ""
    yield "100,000 terms unfolded", scenario("let x = topo.cpus" + "+topo.cpus" * length).encode(), EITHER, ""
    yield "100,000 ands", scenario("if true" + " and true" * length + " {}").encode(), EITHER, ""
    yield "100,000 nots", scenario("if " + "not " * length + "true {}").encode(), EITHER, ""
    yield "100,000 minus signs", scenario("let x = " + "-" * length + "1").encode(), EITHER, ""
    yield "10,000 path parts", scenario("create " + "/".join(["a"] * depth)).encode(), EITHER, ""
    yield "10,000 indices", scenario("let x = a" + "[0]" * depth).encode(), DIAGNOSED, r"error\[KTS"
    yield "10,000 interpolations", scenario('note "' + "{1}" * depth + '"').encode(), EITHER, ""
    yield "nested interpolations", scenario('note "' + '{"' * depth + '"}' * depth + '"').encode(), EITHER, ""
    yield "10,000 scenarios", "".join(scenario("hold 1ms", f"s{i}") for i in range(depth)).encode(), CLEAN, ""


class Cli:
    """The programs, a scratch folder, and the results."""

    def __init__(self, arguments, folder):
        self.tap = Tap()
        self.folder = folder
        self.ktstrc = arguments.ktstrc
        self.ktstr = arguments.ktstr
        # A sanitizer reserves terabytes of address space, and takes its time.
        self.memory = None if arguments.sanitized else 2 * GIB
        self.slower = 6 if arguments.sanitized else 1

    def write(self, name, content):
        """A file in the scratch folder."""
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def case(self, name, argv, codes, says="", deadline=10, **options):
        """Runs a command: ends in time with one of the codes, says something when it is not 0."""
        result = run(argv, deadline=deadline * self.slower, memory=self.memory, cwd=self.folder, **options)
        spoken = result.errors + result.text
        fault = ""
        if result.timed_out or result.code not in codes:
            fault = f"exit code should be {' or '.join(map(str, sorted(codes)))}"
        elif result.code == 1 and not re.search(r"error\[KTS\d{4}\]", spoken) and codes == EITHER:
            fault = "ends with 1 and shows no diagnostic"
        elif result.code != 0 and not spoken.strip():
            fault = f"ends with {result.code} and says nothing"
        elif says and not re.search(says, spoken):
            fault = f"the message should match {says}"
        self.tap.check(name, fault and f"{fault}: {result.summary()}")
        return result

    def check_texts(self):
        """Every bad text, checked from a file."""
        for name, content, codes, says in texts():
            path = self.write("text.kts", content)
            self.case(f"check: {name}", [self.ktstrc, "check", path.name], codes, says)

    def check_streams(self):
        """Standard input, and several formats of the same diagnostics."""
        self.case("check: standard input", [self.ktstrc, "check", "-"], CLEAN, stdin=GOOD.encode())
        self.case("check: bad standard input", [self.ktstrc, "check", "-"], DIAGNOSED, r"<stdin>:1:\d+: error\[KTS", stdin=b"scenari x {}\n")
        self.case("check: empty standard input", [self.ktstrc, "check", "-"], EITHER)

    def check_files(self):
        """Files that cannot be read."""
        good = self.write("good.kts", GOOD)
        self.case("check: missing file", [self.ktstrc, "check", "nosuch.kts"], USAGE, "nosuch.kts: .*No such file or directory")
        (self.folder / "empty").mkdir()
        self.case("check: a folder without programs", [self.ktstrc, "check", "empty"], USAGE, "folder")
        self.case("fmt: a folder", [self.ktstrc, "fmt", "."], USAGE, "folder")
        self.case("check: missing among good", [self.ktstrc, "check", good.name, "nosuch.kts"], USAGE, "nosuch.kts")
        self.case("check: missing among bad", [self.ktstrc, "check", self.write("bad.kts", "bad").name, "nosuch.kts"], USAGE, "nosuch.kts")
        self.case("check: two good files", [self.ktstrc, "check", good.name, good.name], CLEAN)
        self.case("check: dash dash", [self.ktstrc, "check", "--", self.write("-odd.kts", GOOD).name], CLEAN)
        self.case("exec: missing file", [self.ktstr, "exec", "nosuch.kts"], USAGE, "nosuch.kts: .*No such file or directory")
        self.case("plan: missing file", [self.ktstr, "plan", "nosuch.kts"], USAGE, "nosuch.kts: .*No such file or directory")
        secret = self.write("secret.kts", GOOD)
        secret.chmod(0)
        # Root reads everything, so a copy that a normal user reaches is run as one.
        prefix = NOBODY if os.geteuid() == 0 else []
        for path in (self.ktstrc, self.ktstr):
            own = self.folder / path.name
            shutil.copy(path, own)
            self.case(f"{path.name}: unreadable file", [*prefix, own, "check" if path == self.ktstrc else "exec", secret.name],
                      USAGE, "secret.kts: .*Permission denied")

    def check_usage(self):
        """Command lines that make no sense, and those that only ask."""
        good = self.write("good.kts", GOOD)
        for path, command in ((self.ktstrc, "check"), (self.ktstr, "exec"), (self.ktstr, "plan")):
            name = path.name
            self.case(f"{name} {command}: unknown option", [path, command, "--nosuch", good.name], USAGE, "--nosuch")
            self.case(f"{name} {command}: unknown short option", [path, command, "-Z", good.name], USAGE, "-Z")
            self.case(f"{name} {command}: no file", [path, command], USAGE)
            self.case(f"{name} {command}: unknown format", [path, command, "--format", "nosuch", good.name], USAGE, "nosuch")
            self.case(f"{name} {command}: option without value", [path, command, good.name, "--format"], USAGE, "--format")
        for path in (self.ktstrc, self.ktstr):
            name = path.name
            self.case(f"{name}: no arguments", [path], USAGE)
            self.case(f"{name}: unknown command", [path, "nosuch"], USAGE, "nosuch")
            self.case(f"{name}: empty command", [path, ""], USAGE)
            self.case(f"{name}: --help", [path, "--help"], CLEAN, name)
            self.case(f"{name}: --version", [path, "--version"], CLEAN, r"\d+\.\d+")
        for option in ("--duration", "--settle", "--timeout"):
            for value in ("", "5", "-1s", "1e9s", "1x", "99999999999999999999s"):
                self.case(f"exec: {option} '{value}'", [self.ktstr, "exec", option, value, good.name], USAGE, re.escape(option))
        for value in ("", "0", "-3", "x", "99999999999999999999"):
            self.case(f"exec: --workers '{value}'", [self.ktstr, "exec", "--workers", value, good.name], USAGE, "--workers")
        for value, says in (("", "kind of work"), ("pipe_oi", "did you mean 'pipe_io'"), ("sequence", "kind of work")):
            self.case(f"exec: --work-type '{value}'", [self.ktstr, "exec", "--work-type", value, good.name], USAGE, says)
        self.case("exec: --scheduler ''", [self.ktstr, "exec", "--scheduler", "", good.name], USAGE, "--scheduler wants")
        self.case("exec: --scheduler-arg alone", [self.ktstr, "exec", "--scheduler-arg", "x", good.name], USAGE, "without --scheduler")
        for value in ("", "0n0l0c0t", "2n4l", "nosuch", "9999999n9999999l9999999c9999999t"):
            self.case(f"plan: --topo '{value}'", [self.ktstr, "plan", "--topo", value, good.name], USAGE, "topo|CPUs")
        self.case("plan: unknown parameter", [self.ktstr, "plan", "-D", "nosuch=1", good.name], USAGE, "nosuch")
        self.case("plan: parameter without value", [self.ktstr, "plan", "-D", "x", good.name], USAGE)

    def check_bounds(self):
        """What check proves, and what it plans."""
        good = self.write("good.kts", GOOD)
        small = self.write("small.kts", scenario("cgroup a { cpus = llc(1); spawn cpu_spin }\nhold 1s", "wants_two"))
        broken = self.write("broken.kts", scenario("cgroup a { spawn cpu_spin }\nhold 1s / (topo.cpus - 4)", "divides"))
        hooked = self.write("hooked.kts", "extern hook count() -> int\n"
                            + scenario("cgroup a { spawn cpu_spin }\nhold 1s\nif workers > 1 { note \"{custom count()}\" }", "calls")
                            + scenario("cgroup a { spawn cpu_spin }\nhold 1s", "does_not"))
        fair = self.write("fair.kts", scenario("extend = 3s\ncgroup a { }\nstep \"a\" { spawn 2 cpu_spin in a; hold 10% }\n"
                                               "spawn 2 cpu_spin in a; hold rest", "fair"))
        check = [self.ktstrc, "check"]
        said = {
            "check: the longest it can take": ([*check, good.name], 0, "good.kts: scenario quick takes at most 200ms\n", ""),
            "check: quiet": ([*check, "-q", good.name], 0, "", ""),
            "check: the time for fairness counts once": ([*check, fair.name], 0, "fair.kts: scenario fair takes at most 5.1s\n", ""),
            "check: of several files": ([*check, good.name, small.name], 0,
                                        "good.kts: scenario quick takes at most 200ms\nsmall.kts: scenario wants_two takes at most 1.1s\n", ""),
            "check: hooks take what they take": ([*check, hooked.name], 0, "hooked.kts: scenario calls takes at most 1.1s, and what its hooks take\n"
                                                 "hooked.kts: scenario does_not takes at most 1.1s\n", ""),
            "check: for GitHub": ([*check, "--format", "github", good.name], 0, "", ""),
            "check --topo: fine": ([*check, "-q", "--topo", "2n4l4c2t", "--topo", "numa4-8llc", small.name], 0, "", ""),
            "check --topo: a SKIP": ([*check, "-q", "--topo", "1n1l4c1t", small.name], 0, "", r"warning\[KTS0700\]: 'wants_two' is skipped on 1n1l4c1t"),
            "check --topo: a SKIP with -Werror": ([*check, "-Werror", "--topo", "1n1l4c1t", small.name], 1, "", r"error\[KTS0700\]"),
            "check --topo: breaks": ([*check, "--topo", "1n1l4c1t", "--topo", "1n1l8c1t", broken.name], 1, "",
                                     r":3:1: error\[KTS0701\]: 'divides' breaks on 1n1l4c1t: this divides by zero"),
            "check --gauntlet": ([*check, "-q", "--gauntlet", small.name], 0, "", r"skipped on tiny-1llc: there is no llc\(1\)"),
            "check --topo: an hwloc string": ([*check, "-q", "--topo", "numa:2 l3:1 core:2 pu:1", small.name], 0, "", ""),
            "check --topo: none": ([*check, "--topo", "nosuch", good.name], 2, "", "nosuch"),
            "build --topo": ([self.ktstrc, "build", "--topo", "1n1l4c1t", good.name], 2, "", "--topo"),
        }
        for name, (argv, code, out, says) in said.items():
            result = self.case(name, argv, {code}, says)
            self.tap.check(f"{name}: prints just that", "" if result.text == out else result.summary())
        result = self.case("check --format json", [*check, "--format", "json", broken.name], CLEAN)
        bound = json.loads(result.out)
        self.tap.check("check --format json: the bound", "" if bound["scenario"] == "divides" and bound["depends_on"] == ["machine"]
                       and bound["bound_ns"] >= 1_100_000_000 and bound["line"] == 1 else result.summary())
        self.case("build: bounds", [self.ktstrc, "build", small.name], CLEAN)
        self.same_bounds(check, small)

    def same_bounds(self, check, source):
        """An image has the bound and the machines of its source."""
        for options in [], ["--topo", "1n1l4c1t"], ["--format", "json"]:
            ours = self.case(f"check {' '.join(options)}: a source", [*check, *options, source.name], CLEAN)
            theirs = self.case(f"check {' '.join(options)}: its image", [*check, *options, source.with_suffix(".ktb").name], CLEAN)
            self.tap.check(f"check {' '.join(options)}: both are the same",
                           "" if (ours.out, ours.err) == (theirs.out, theirs.err) else f"{ours.summary()}\n{theirs.summary()}")

    def check_output(self):
        """Output that cannot be written is never a silent success."""
        good, bad = self.write("good.kts", GOOD), self.write("bad.kts", "bad\n")
        commands = {
            "ktstrc disasm": [self.ktstrc, "disasm", good.name],
            "ktstrc check --format json": [self.ktstrc, "check", "--format", "json", bad.name],
            "ktstrc check --format sarif": [self.ktstrc, "check", "--format", "sarif", bad.name],
            "ktstrc --help": [self.ktstrc, "--help"],
            "ktstrc check": [self.ktstrc, "check", good.name],
            "ktstr plan": [self.ktstr, "plan", "--topo", "1n1l4c1t", good.name],
            "ktstr plan --format json": [self.ktstr, "plan", "--topo", "1n1l4c1t", "--format", "json", good.name],
            "ktstr exec": [self.ktstr, "exec", good.name],
            "ktstr exec --format json": [self.ktstr, "exec", "--format", "json", good.name],
            "ktstr --version": [self.ktstr, "--version"],
        }
        for name, argv in commands.items():
            with open("/dev/full", "wb") as full:
                self.case(f"{name}: full disk", argv, {2, 3}, "No space left on device", stdout=full)
            shut = ["sh", "-c", 'exec "$@" >&-', "sh", *argv]
            self.case(f"{name}: closed stdout", shut, {2, 3})

    def same(self, name, command, source, image):
        """A command says the same of an image as of its source; warnings are of the source alone."""
        wanted = self.case(f"{name} of a source", [*command, source.name], {0, 1, 4, 5})
        result = self.case(f"{name} of its image", [*command, image.name], {wanted.code})
        self.tap.check(f"{name} of both is the same",
                       "" if result.out == wanted.out else f"{wanted.summary()}\n{result.summary()}")

    def check_images(self):
        """What ktstrc build makes of a source is taken like it; what is damaged is refused."""
        text = "param n = 2\n" + GOOD.replace("spawn 2", "spawn n") + scenario('expect topo.cpus == 99 "größer"', "few") + scenario("needs topo.cpus > 4096", "big")
        source, image = self.write("image.kts", text), self.folder / "image.ktb"
        build = [self.ktstrc, "build"]
        self.case("build", [*build, source.name], CLEAN)
        plan = [self.ktstr, "plan", "--topo", "1n2l2c1t", "--seed", "3"]
        for name, command in {"disasm": [self.ktstrc, "disasm"], "list": [self.ktstr, "list"], "plan": plan,
                              "plan --format json": [*plan, "--format", "json"], "plan -D": [*plan, "-D", "n=5"],
                              "plan -k": [*plan, "-k", "quick"]}.items():
            self.same(name, command, source, image)
        self.case("exec: an image", [self.ktstr, "exec", "-k", "quick", image.name], {0}, "quick")
        self.case("exec: a failure in an image shows its line", [self.ktstr, "exec", "-k", "few", image.name], {1},
                  r'image\.kts:9:1: (.|\n)*\| expect topo\.cpus == 99 "größer"')
        self.case("check: an image", [self.ktstrc, "check", image.name], CLEAN)
        again = self.case("build: to standard output", [*build, "-o", "-", source.name], CLEAN)
        self.tap.check("build: the same bytes again", "" if again.out == image.read_bytes() else again.summary())
        copy = self.write("copy", image.read_bytes())
        self.case("plan: an image by another name", [*plan, copy.name], {1}, "image.kts:9")
        self.case("plan: an image from standard input", [*plan, "-"], {1}, "image.kts:9", stdin=image.read_bytes())
        self.check_bad_images(image.read_bytes())
        self.case("build: an image", [*build, image.name], USAGE, "already")
        self.case("build: onto its source", [*build, "-o", source.name, source.name], USAGE, "its source")
        self.tap.check("build: its source is left alone", "" if source.read_bytes() == text.encode() else "it is not what it was")
        self.case("build: standard input to nowhere", [*build, "-"], USAGE, "-o", stdin=text.encode())
        self.case("build: two to one place", [*build, "-o", "x.ktb", source.name, source.name], USAGE, "-o")
        self.case("check: -o", [self.ktstrc, "check", "-o", "x.ktb", source.name], USAGE, "-o")
        self.case("build: to no folder", [*build, "-o", "nosuch/x.ktb", source.name], {3}, "nosuch/x.ktb: No such file")
        bad = self.write("unsound.kts", "scenario s { hold 1 }\n")
        self.case("build: a source with errors", [*build, bad.name], DIAGNOSED, r"unsound.kts:1:\d+: error\[KTS")
        self.tap.check("build: no image of a source with errors", "" if not bad.with_suffix(".ktb").exists() else "there is one")
        used = self.write("used.kts", 'proc tell(n: int) {\n    expect n == 3\n}\n')
        user = self.write("user.kts", f'use "{used.name}"\n' + scenario("tell(4)"))
        self.case("build: a source that uses another", [*build, user.name], CLEAN)
        self.case("build: onto a used source", [*build, "-o", used.name, user.name], USAGE, "its source")
        used.unlink()
        self.case("plan: an image needs no used source", [*plan, user.with_suffix(".ktb").name], {1},
                  r"used\.kts:2:5: (.|\n)*\| +expect n == 3")
        with open("/dev/full", "wb") as full:
            self.case("build: full disk", [*build, "-o", "-", source.name], {3}, "No space left on device", stdout=full)

    def check_library(self):
        """The standard library is in the programs: no file of its name takes its place, no image needs it."""
        own = self.folder / "std" / "partitions.kts"
        own.parent.mkdir()
        own.write_text("proc split_half() { fail \"not the library's\" }\nlet mine = 3\n")
        body = "split_half(); hold 10ms"
        text = 'use "std/partitions"\n' + scenario(body)
        source = self.write("library.kts", text)
        plan = [self.ktstr, "plan", "--topo"]
        for name, argv in {"a module": [source.name], "a module, seen from its folder": ["../library.kts"]}.items():
            options = {"cwd": own.parent} if "/" in argv[0] else {}
            result = run([*plan, "1n1l4c1t", *argv], **{"cwd": self.folder, **options})
            fine = result.code == 0 and "cg_1 (CPUs 1-2)" in result.text
            self.tap.check(f"plan: {name}", "" if fine else result.summary())
        self.case("plan: a file of one's own in a folder std", [*plan, "1n1l4c1t", self.write("own.kts", text.replace("std/partitions", "./std/partitions.kts")).name],
                  {1}, r"std/partitions\.kts:1:21: (.|\n)*not the library's")
        skipped = (r"std/partitions\.kts:\d+:5: skip\[skip\]: too few CPUs (.|\n)*\| +skip (.|\n)*"
                   r"library\.kts:3:1: note: in this call\n +3 \| split_half\(\)")
        self.case("plan: a line of a module is shown", [*plan, "1n1l1c1t", source.name], {4}, skipped)
        self.case("build: a program that uses a module", [self.ktstrc, "build", source.name], CLEAN)
        self.case("plan: a line of a module from an image", [*plan, "1n1l1c1t", "library.ktb"], {4}, skipped)
        self.case("exec: a module", [self.ktstr, "exec", self.write("run.kts", 'use "std/cgroups.kts"\n' + scenario(
            f"settle = 0s\nsetup_cgroups(2, 1)\nhold 200ms\n{LENIENT}")).name], {0, 6}, "probe")
        near = self.write("near.kts", 'use "std/partition.kts"\n' + scenario(body.replace("split_half(); ", "")))
        self.case("check: no such module", [self.ktstrc, "check", near.name], DIAGNOSED, r"did you mean 'std/partitions'\?")

    def check_bad_images(self, good):
        """Images that are no longer, or never were, what ktstrc build made."""
        turned = good[:-1] + bytes([good[-1] ^ 1])
        images = {"truncated": (good[:len(good) // 2], "truncated"), "nothing but its first bytes": (good[:6], "truncated"),
                  "a turned bit": (turned, "checksum"), "another version": (good[:8] + b"\xfe" + good[9:], r"format 254, this is \d+"),
                  "another ktstr": (good[:12] + bytes(8) + good[20:], "another ktstr"),
                  "copied as text": (good.replace(b"\r\n", b"\n"), "text"), "more behind it": (good + b"\n", "behind its end")}
        for name, (content, says) in images.items():
            path = self.write("bad.ktb", content)
            for command in ([self.ktstr, "exec"], [self.ktstr, "plan"], [self.ktstr, "list"], [self.ktstrc, "disasm"]):
                self.case(f"{command[-1]}: image: {name}", [*command, path.name], USAGE, f"bad.ktb: .*{says}")

    def check_verdicts(self):
        """The exit code of ktstr exec tells the verdict; the worst of 1 > 3 > 6 > 4 > 0 wins."""
        head = "duration = 100ms\nsettle = 0s\n"
        group = f"cgroup g {{ spawn 1 cpu_spin }}\n{LENIENT}\n"
        bodies = {
            "pass": head + group + "hold 100ms",
            "fail": head + group + 'hold 100ms\nfail "on purpose"',
            "skip": head + 'skip "on purpose"',
            "expect": head + group + "hold 100ms\nexpect topo.cpus == 0",
            "toofew": head + "needs topo.cpus >= 5000",
            "slow": head + "timeout = 300ms\n" + group + "hold 20s",
            "short": head + group,  # nothing is judged that ran for no time
        }
        wanted = {"pass": 0, "fail": 1, "skip": 4, "expect": 1, "toofew": 4, "slow": 3, "short": 6,
                  "pass fail": 1, "pass skip": 0, "fail skip": 1, "slow pass": 3, "slow fail": 1,
                  "slow skip": 3, "short pass": 6, "short skip": 6, "short slow": 3, "short fail": 1}
        for names, code in wanted.items():
            text = "".join(scenario(bodies[name], f"s_{name}") for name in names.split())
            path = self.write("verdict.kts", text)
            self.case(f"exec: {names}", [self.ktstr, "exec", path.name], {code}, deadline=15)
        good = self.write("good.kts", GOOD)
        self.case("exec: nothing selected", [self.ktstr, "exec", "-k", "nosuch*", good.name], {5})
        self.case("exec: selected by glob", [self.ktstr, "exec", "-k", "qui*", good.name], {0}, "quick")
        self.case("exec: does not compile", [self.ktstr, "exec", self.write("bad.kts", scenario("hold 0.5")).name],
                  {2}, r"bad.kts:2:\d+: error\[KTS")


def main():
    """Runs all of it in a folder that a normal user can enter."""
    arguments = program_parser(__doc__).parse_args()
    with tempfile.TemporaryDirectory(prefix="kts-cli-") as folder:
        Path(folder).chmod(0o755)
        cli = Cli(arguments, Path(folder))
        for part in (cli.check_texts, cli.check_streams, cli.check_files, cli.check_usage, cli.check_bounds, cli.check_output, cli.check_images,
                     cli.check_library, cli.check_verdicts):
            part()
    cli.tap.finish()


if __name__ == "__main__":
    main()
