"""Code blocks of a Markdown page, and console blocks replayed."""

import re
import shlex
from dataclasses import dataclass
from difflib import unified_diff

from programs import run


@dataclass
class Block:
    """One fenced block: ```language tag tag"""

    line: int
    language: str
    tags: list
    text: str


def blocks(page):
    """The fenced blocks of a page, in order."""
    fence, found = None, None
    for number, line in enumerate(page.split("\n"), 1):
        match = re.match(r"(`{3,}|~{3,})(.*)$", line)
        if fence is None and match:
            words = match[2].split() or [""]
            fence, found = match[1], Block(number, words[0], words[1:], "")
        elif fence is not None and line.rstrip() == fence:
            yield found
            fence = None
        elif fence is not None:
            found.text += line + "\n"
    if fence is not None:
        raise ValueError(f"line {found.line}: this block never ends")


def replay(block, folder, programs):
    """Runs the commands of a console block and compares what they print, both streams together.

    A line `...` stands for any lines, `…` within a line for any text. `$ echo $?` prints the last
    exit code and `$ cat FILE` a file of the page; all other commands are programs of ours.
    """
    actual, code = "", 0
    for line in block.text.split("\n"):
        if not line.startswith("$ "):
            continue
        actual += line + "\n"
        words = shlex.split(line[2:])
        if words == ["echo", "$?"]:
            actual += f"{code}\n"
        elif words[0] == "cat":
            actual += (folder / words[1]).read_text()
        elif words[0] in programs:
            code, output = run_merged([programs[words[0]], *words[1:]], folder)
            actual += output
        else:
            return f"only {', '.join(programs)}, cat and echo $? can be replayed: {line}"
    if re.fullmatch(pattern(block.text), actual):
        return ""
    return "\n".join(unified_diff(block.text.split("\n"), actual.split("\n"), "the page says",
                                  "the programs print", lineterm=""))


def run_merged(argv, folder):
    """Runs a program with standard error on standard output; returns its exit code and output."""
    result = run(["sh", "-c", 'exec "$@" 2>&1', "sh", *argv], cwd=folder, deadline=60)
    return result.code, result.text


def pattern(text):
    """The regular expression of a block's text."""
    escaped = "\n".join(re.escape(line) if line != "..." else r"(?:.*\n)*?.*" for line in text.split("\n"))
    return escaped.replace("…", "[^\n]*")
