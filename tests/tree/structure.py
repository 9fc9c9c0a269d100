#!/usr/bin/env python3
"""The rules of the house that a compiler does not enforce: layers, sizes, exits, leftovers.

    structure.py [ROOT]

ROOT is another checkout to look at; this one by default.
"""

import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "lib"))
from tap import Tap  # noqa: E402

LAYERS = [{"base"}, {"source"}, {"grammar", "syntax"}, {"host"}, {"sema"}, {"code"}, {"run"},
          {"report", "api"}, {"vm"}, {"tool"}]
LEVEL = {folder: level for level, folders in enumerate(LAYERS) for folder in folders}
# host stands beside the language, not above it: Linux knows no syntax.
FORBIDDEN = {"host": {"source", "grammar", "syntax"}}
MAX_FILE, MAX_FUNCTION = 800, 60
CODE = (".c", ".h", ".l", ".y", ".def")
TEXT = (*CODE, ".kts", ".py", ".sh", ".md", ".build")
# Spelled so that this file does not find itself.
MARKS = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X|HA" r"CK)\b")


class Tree:
    """A checkout and its files."""

    def __init__(self, root):
        self.root = root
        tops = [root / top for top in ("src", "grammar", "stdlib", "scenarios", "tests", "tools", "docs")]
        self.files = sorted(path for top in tops for path in top.rglob("*") if path.is_file()
                            and "__pycache__" not in path.parts)

    def ending(self, *suffixes, top=None):
        """The files with one of these endings, below one folder if told."""
        return [path for path in self.files if path.suffix in suffixes
                and (top is None or path.is_relative_to(self.root / top))]

    def code(self):
        """The program's own source."""
        return self.ending(*CODE, top="src") + self.ending(*CODE, top="grammar")

    def name(self, path):
        """A file as it is named in complaints."""
        return path.relative_to(self.root)


def folder_of(tree, path):
    """The layer's folder that a source file lies in: src/base/x.c is base, grammar/x.y is grammar."""
    parts = tree.name(path).parts
    return parts[1] if parts[0] == "src" else parts[0]


def check_layers(tree):
    """#include lines lead down the layers, never up and never to the side."""
    for path in tree.code():
        here = folder_of(tree, path)
        if here not in LEVEL:
            yield f"{tree.name(path)}: the folder {here} is no layer"
            continue
        for number, line in enumerate(path.read_text().split("\n"), 1):
            match = re.match(r'\s*#\s*include\s*"([^"]+)"', line)
            if not match:
                continue
            there = target_folder(tree, path, match[1])
            where = f"{tree.name(path)}:{number}"
            if there is None:
                yield f"{where}: {match[1]} is neither in a layer's folder, nor beside it, nor written by flex or bison"
            elif there in FORBIDDEN.get(here, ()) or LEVEL[there] > LEVEL[here]:
                yield f"{where}: {here} may not include {there}: {match[1]}"


def target_folder(tree, path, included):
    """The layer's folder of an included file, None when it cannot be told."""
    top = included.split("/")[0]
    if "/" in included and top in LEVEL:
        return top
    if (path.parent / included).exists():
        return folder_of(tree, path)
    # What flex and bison write is named after what they read.
    stem = re.sub(r"\.(tab\.)?h$", "", included.split("/")[-1])
    written = [source for source in tree.ending(".l", ".y") if source.stem == stem]
    return folder_of(tree, written[0]) if written else None


def check_file_length(tree):
    """No source file is longer than one can keep in mind."""
    for path in tree.ending(*TEXT):
        lines = path.read_bytes().count(b"\n")
        if lines > MAX_FILE and path.suffix != ".md":
            yield f"{tree.name(path)}: {lines} lines, at most {MAX_FILE}"


def check_function_length(tree):
    """No function is longer than a screen; a dispatch over a table's cases may be, where marked."""
    for path in tree.ending(".c", ".y", ".l", top="src") + tree.ending(".c", ".y", ".l", top="grammar"):
        for name, first, length, dispatch in functions(path.read_text().split("\n")):
            if length > MAX_FUNCTION and not dispatch:
                yield f"{tree.name(path)}:{first}: {name} has {length} lines, at most {MAX_FUNCTION}"


def functions(lines):
    """(name, line, lines between the braces, marked) of each: kernel style, braces in column 0."""
    opened = None
    for number, line in enumerate(lines):
        if line.rstrip() == "{":
            opened = number
        elif line.startswith("}") and opened is not None:
            head = opened - 1
            while head > 0 and (lines[head][:1].isspace() or lines[head].startswith(")")):
                head -= 1  # the parameters' further lines
            name = re.search(r"(\w+)\(", lines[head])
            yield (name[1] if name else lines[head], head + 1, number - opened - 1,
                   head > 0 and lines[head - 1].strip() == "/* dispatch */")
            opened = None


def check_function_style(tree):
    """A function's brace stands in column 0, or the lengths above are not measured."""
    for path in tree.ending(".c", top="src"):
        for number, line in enumerate(path.read_text().split("\n"), 1):
            if re.match(r"[a-z_].*\)\s*\{\s*$", line) and not re.match(r"\w*for_?each|extern ", line):
                yield f"{tree.name(path)}:{number}: the brace of a function stands on the next line"


def check_exits(tree):
    """Only main ends the program; only a new process ends itself."""
    for path in tree.ending(".c", ".l", ".y", top="src") + tree.ending(".l", ".y", top="grammar"):
        folder = folder_of(tree, path)
        for number, line in enumerate(bare(path.read_text()).split("\n"), 1):
            for call in re.findall(r"(?<!\w)(_?_?exit|quick_exit|_Exit)\s*\(", line):
                if folder != "tool" and not (folder in ("host", "vm") and call == "_exit"):
                    yield f"{tree.name(path)}:{number}: {call}() below main"


def bare(text):
    """C without comments, strings and character constants, line by line as before."""
    def blank(match):
        return "\n" * match[0].count("\n")
    return re.sub(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])+\'', blank, text, flags=re.DOTALL)


def check_marks(tree):
    """Nothing is left for later in a comment."""
    for path in tree.ending(*TEXT):
        for number, line in enumerate(path.read_text(errors="replace").split("\n"), 1):
            if match := MARKS.search(line):
                yield f"{tree.name(path)}:{number}: {match[0]}"


def check_grammar(tree):
    """bison accepts no conflict."""
    grammars = tree.ending(".y")
    if not grammars:
        yield "there is no grammar"
    for path in grammars:
        if not re.search(r"^%expect 0$", path.read_text(), re.MULTILINE):
            yield f"{tree.name(path)}: no line says %expect 0"


def check_registered(tree):
    """Each test program in tests/ is known to meson, and each .kts lies where the driver looks."""
    known = "\n".join(path.read_text() for path in tree.ending(".build", top="tests"))
    for path in tree.ending(".c", ".py", ".sh", top="tests"):
        is_program = path.suffix == ".c" or path.read_text().startswith("#!")
        name = path.stem.removeprefix("test_")  # unit/test_x.c is listed as x
        if is_program and not re.search(rf"\b{re.escape(name)}\b", known):
            yield f"{tree.name(path)}: no meson.build below tests/ names it"
    for path in tree.ending(".kts", top="tests"):
        if tree.name(path).parts[1] not in ("accept", "reject", "plan", "fmt", "cli", "live", "bench", "vm", "unit", "report"):
            yield f"{tree.name(path)}: no test reads this folder"


def main():
    """Runs every check as one subtest."""
    tree = Tree(Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else Path(__file__).resolve().parents[2])
    tap = Tap()
    for check in (check_layers, check_file_length, check_function_length, check_function_style,
                  check_exits, check_marks, check_grammar, check_registered):
        tap.check(f"{check.__name__[6:]} - {check.__doc__}", "\n".join(check(tree)))
    tap.finish()


if __name__ == "__main__":
    main()
