#!/usr/bin/env python3
"""ktstrc fmt on files: what it does to them, what it tells, and that no program changes its meaning.

    fmt_files.py --ktstrc build/ktstrc --ktstr build/ktstr [--every N]

--every N: of the programs of the tree, every Nth only.
"""

import argparse
import os
import re
import sys
import tempfile
import time
from difflib import unified_diff
from itertools import islice
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "lib"))
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "driver"))
import generate  # noqa: E402
import pages  # noqa: E402
from programs import ROOT, program, run  # noqa: E402
from tap import Tap  # noqa: E402

LOOSE = b"#!/usr/bin/env -S ktstr exec\r\nparam  a=1\n\n\n\nscenario b{hold 1s}"
NEAT = b"#!/usr/bin/env -S ktstr exec\nparam a = 1\n\nscenario b { hold 1s }\n"
BROKEN = b"scenario b {{\n"
GENERATED_SECONDS, GENERATED_LEAST = 8, 40
NOBODY = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]


def patched(old, diff):
    """What a unified diff makes of a text; an error where it does not fit."""
    lines, result, at = old.splitlines(keepends=True), [], 0
    # A line without an end is followed by a remark: it gets a mark of its own here.
    body = re.sub(rb"\n\\ No newline at end of file\n", b"\0\n", diff).splitlines(keepends=True)[2:]
    for line in body:
        line = line.removesuffix(b"\0\n")
        if hunk := re.match(rb"@@ -(\d+),(\d+) \+(\d+),(\d+) @@\n$", line):
            start = int(hunk[1]) - (hunk[2] != b"0")
            result += lines[at:start]
            at = start
            if len(result) != int(hunk[3]) - (hunk[4] != b"0"):
                raise ValueError(f"{line}: there are {len(result)} lines before it")
            continue
        if line[:1] in b" -":
            if lines[at] != line[1:]:
                raise ValueError(f"{lines[at]} is no {line[1:]}")
            at += 1
        if line[:1] in b" +":
            result.append(line[1:])
    return b"".join(result + lines[at:])


def meaning(listing):
    """A disassembly without the lines' numbers, and without the blanks of what it quotes."""
    bare = re.sub(r"(?m)^( *\d+) +\d+  ", r"\1  ", listing)
    return re.sub(r"(?m)^const s.*", lambda match: re.sub(r"\s", "", match[0]), bare)


class Formatter:
    """The program, a scratch folder, and the results."""

    def __init__(self, ktstrc, folder, every):
        self.tap = Tap()
        self.ktstrc = ktstrc
        self.folder = folder
        self.every = every

    def fmt(self, *arguments, prefix=(), **options):
        """Runs ktstrc fmt in the scratch folder."""
        return run([*prefix, self.ktstrc, "fmt", *arguments], cwd=self.folder, **options)

    def write(self, name, content):
        """A file in the scratch folder."""
        path = self.folder / name
        path.write_bytes(content)
        return path

    def expect(self, name, result, code, out=b"", says=""):
        """Checks how a command ended and what it printed."""
        right = result.code == code and result.out == out and bool(re.search(says, result.errors))
        self.tap.check(name, "" if right and bool(result.err) == bool(says) else
                       f"should end with {code}, print {out}, and say {says!r}: {result.summary()}")

    def holds(self, name, actual, wanted):
        """Checks that two values are the same."""
        self.tap.check(name, "" if actual == wanted else f"is {actual}, should be {wanted}")

    def check_writing(self):
        """Files in their places."""
        loose, neat = self.write("loose.kts", LOOSE), self.write("neat.kts", NEAT)
        loose.chmod(0o751)
        before = neat.stat()
        (self.folder / "link.kts").symlink_to("loose.kts")
        self.expect("rewrites", self.fmt("neat.kts", "link.kts"), 0)
        self.holds("rewritten", loose.read_bytes(), NEAT)
        self.holds("keeps the mode", oct(loose.stat().st_mode & 0o7777), "0o751")
        self.holds("keeps the link", os.readlink(self.folder / "link.kts"), "loose.kts")
        after = neat.stat()
        self.holds("does not touch what is canonical", (after.st_ino, after.st_mtime_ns), (before.st_ino, before.st_mtime_ns))
        self.holds("leaves nothing beside it", sorted(path.name for path in self.folder.iterdir()),
                   ["link.kts", "loose.kts", "neat.kts"])
        broken = self.write("broken.kts", BROKEN)
        loose.write_bytes(LOOSE)
        self.expect("one of two broken", self.fmt("broken.kts", "loose.kts"), 1, says=r"broken\.kts:1:13: error\[KTS0100\]")
        self.holds("leaves mistakes alone", (broken.read_bytes(), loose.read_bytes()), (BROKEN, NEAT))
        self.expect("missing", self.fmt("nosuch.kts"), 2, says="nosuch.kts: No such file")
        self.expect("no file", self.fmt(), 2, says="which file")
        self.write("image.kts", b"\x00ktb\xff")
        self.expect("an image", self.fmt("image.kts"), 1, says=r"error\[KTS")

    def check_refusals(self):
        """A file that may be read, but not written, in a folder that may."""
        locked = self.write("locked.kts", LOOSE)
        locked.chmod(0o444)
        self.folder.chmod(0o777)
        own = self.write("ktstrc", self.ktstrc.read_bytes())
        own.chmod(0o755)
        prefix = NOBODY if os.geteuid() == 0 else []
        result = run([*prefix, own, "fmt", "locked.kts"], cwd=self.folder)
        self.expect("a locked file", result, 2, says="cannot write locked.kts: Permission denied")
        self.holds("stays", locked.read_bytes(), LOOSE)
        if os.geteuid() == 0:
            locked.chmod(0o644)
            os.chown(locked, 65534, 65534)
            self.expect("root formats for another", self.fmt("locked.kts"), 0)
            self.holds("who keeps it", (locked.read_bytes(), locked.stat().st_uid, locked.stat().st_gid), (NEAT, 65534, 65534))

    def check_telling(self):
        """--check, --diff and standard input."""
        self.write("loose.kts", LOOSE)
        self.write("neat.kts", NEAT)
        self.expect("--check", self.fmt("--check", "neat.kts", "loose.kts", "neat.kts"), 1, b"loose.kts\n")
        self.expect("--check of canonical files", self.fmt("--check", "neat.kts", "neat.kts"), 0)
        self.expect("--check of a broken file", self.fmt("--check", "broken.kts", "loose.kts"), 1, b"loose.kts\n", "KTS0100")
        self.expect("--check of a missing file", self.fmt("--check", "nosuch.kts", "loose.kts"), 2, b"loose.kts\n", "nosuch")
        self.expect("--diff of a canonical file", self.fmt("--diff", "neat.kts"), 0)
        self.holds("changes nothing", (self.folder / "loose.kts").read_bytes(), LOOSE)
        self.expect("standard input", self.fmt("-", stdin=LOOSE), 0, NEAT)
        self.expect("canonical standard input", self.fmt("-", stdin=NEAT), 0, NEAT)
        self.expect("empty standard input", self.fmt("-"), 0)
        self.expect("--check of standard input", self.fmt("--check", "-", stdin=LOOSE), 1, b"<stdin>\n")
        self.expect("broken standard input", self.fmt("-", stdin=BROKEN), 1, says="<stdin>:1:")
        with open("/dev/full", "wb") as full:
            for arguments in [], ["--check"], ["--diff"]:
                self.expect(" ".join([*arguments, "a full disk"]), self.fmt(*arguments, "-", stdin=LOOSE, stdout=full), 3,
                            says="cannot write the output: No space left")

    def check_diffs(self):
        """Diffs that can be applied, of little changes in long texts, too."""
        long = b"".join(b"param p%d = %d\n" % (i, i) for i in range(400))
        texts = {path.name: path.read_bytes() for path in (ROOT / "tests" / "fmt").glob("*.kts")}
        texts |= {"loose": LOOSE, "no end": NEAT[:-1], "only blanks": b"\n\n",
                  "ends": long.replace(b"p0 ", b"p0").replace(b"p399 ", b"p399"),
                  "near": long.replace(b"p100 ", b"p100  ").replace(b"p107 ", b"p107\t"),
                  "apart": long.replace(b"p100 ", b"p100  ").replace(b"p108 ", b"p108\t"),
                  "blocks": long.replace(b"\nparam p50 ", b"\n" * 40 + b"param p50 "),
                  "all": long.replace(b"\n", b"\r\n")}
        for name, text in texts.items():
            result = self.fmt("--diff", "-", stdin=text)
            wanted = self.fmt("-", stdin=text).out
            try:
                fault = "" if patched(text, result.out) == wanted else "makes something else"
            except (ValueError, IndexError) as error:
                fault = f"does not fit: {error!r}"
            if result.code != 1 or not result.out.startswith(b"--- <stdin>\n+++ <stdin>\n@@ "):
                fault = f"no diff: {result.summary()}"
            elif len(result.out) > len(text) + len(wanted) + 2000 or (name in ("near", "apart", "ends") and len(result.out) > 800):
                fault = "shows more than what changes"
            hunks = result.out.count(b"\n@@ ")
            if (name, hunks) in [("near", 2), ("apart", 1), ("ends", 1)]:
                fault = f"has {hunks} hunks"
            self.tap.check(f"--diff: {name}", fault and f"{fault}\n{result.text}")

    def sources(self):
        """Every program of the tree: (name, folder, text)."""
        for top in "tests", "scenarios", "stdlib":
            for path in sorted((ROOT / top).rglob("*.kts")):
                yield str(path.relative_to(ROOT)), path.parent, path.read_bytes()
        for page in sorted((ROOT / "docs").rglob("*.md")):
            for block in pages.blocks(page.read_text()):
                if block.language == "kts":
                    text = f"scenario fragment {{\n{block.text}}}\n" if "fragment" in block.tags else block.text
                    yield f"{page.relative_to(ROOT)}:{block.line}", page.parent, text.encode()

    def check_generated(self):
        """Random programs that are right, for some seconds: what holds of those of the tree holds of them."""
        until = time.monotonic() + GENERATED_SECONDS
        seed, fault, compared = 0, "", 0
        while not fault and (time.monotonic() < until or seed < GENERATED_LEAST):
            made = generate.Program(seed)
            text = made.text().encode()
            fault = self.changed(text, made.comments)
            if fault:
                fault = f"seed {seed}: {fault}\n{text.decode()}"
            compared += text.count(b"\n")
            seed += 1
        self.tap.check("generated programs keep their meaning and their comments", fault)
        self.tap.note(f"{seed} programs, {compared} lines")

    def changed(self, text, comments):
        """What formatting spoils in a program that compiles."""
        once = self.fmt("-", stdin=text)
        twice = self.fmt("-", stdin=once.out)
        before, after = (run([self.ktstrc, "disasm", "-"], stdin=form) for form in (text, once.out))
        if before.code != 0:
            return f"it is not right: {before.errors}"
        if once.code != 0 or twice.out != once.out:
            return f"it is not canonical after once: {once.summary()}\n{twice.summary()}"
        if after.code != 0 or meaning(before.text) != meaning(after.text):
            return f"it means something else: {after.summary()}"
        # All that a '#' begins outside of strings.
        kept = re.findall(r'#[^\n]*', re.sub(r'"(?:\\.|[^"\\\n])*"|(#[^\n]*)', lambda match: match[1] or '""', once.text))
        return "" if kept == comments else f"its comments are {kept}, not {comments}"

    def check_meaning(self):
        """The canonical form of every program is its own, and compiles to the same bytecode."""
        compiled = 0
        for name, folder, text in islice(self.sources(), 0, None, self.every):
            once = self.fmt("-", stdin=text)
            if once.code == 1 and not once.out and re.search(r"error\[KTS0[019]\d\d\]", once.errors):
                continue  # a mistake of form
            twice = self.fmt("-", stdin=once.out)
            before, after = (run([self.ktstrc, "disasm", "-"], cwd=folder, stdin=form) for form in (text, once.out))
            compiled += before.code == 0
            fault = ""
            if once.code != 0 or once.err:
                fault = once.summary()
            elif twice.out != once.out:
                fault = "\n".join(unified_diff(once.text.split("\n"), twice.text.split("\n"), "once", "twice", lineterm=""))
            elif before.code != after.code or meaning(before.text) != meaning(after.text):
                fault = "\n".join(unified_diff(meaning(before.text).split("\n"), meaning(after.text).split("\n"),
                                               "as written", "formatted", lineterm="")) + after.errors
            self.tap.check(f"means the same: {name}", fault)
        self.tap.check("programs were compared", "" if compiled > 30 else f"only {compiled}")


def main():
    """Runs all of it in a folder that a normal user can enter."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ktstrc", type=program, required=True)
    parser.add_argument("--ktstr", type=program, required=True)
    parser.add_argument("--every", type=int, default=1)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="kts-fmt-") as folder:
        Path(folder).chmod(0o755)
        formatter = Formatter(arguments.ktstrc, Path(folder), arguments.every)
        for part in (formatter.check_writing, formatter.check_telling, formatter.check_refusals,
                     formatter.check_diffs, formatter.check_meaning, formatter.check_generated):
            part()
    formatter.tap.finish()


if __name__ == "__main__":
    main()
