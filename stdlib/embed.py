#!/usr/bin/env python3
"""Writes the standard library's modules as the C table that src/syntax/library.h declares.

    embed.py OUTPUT MODULE...
"""

import sys
from pathlib import Path


def literal(line):
    """One line of a text as a string literal; what is not plain ASCII becomes octal escapes."""
    return '"' + "".join(chr(byte) if 32 <= byte < 127 and byte not in b'"\\?' else f"\\{byte:03o}"
                         for byte in line) + '"'


def array(text):
    """A text as string literals, a line each."""
    return "\n".join("\t" + literal(line) for line in text.splitlines(keepends=True)) or '\t""'


def table(paths):
    """The whole C file; modules are in the order of their names, whatever the build says."""
    modules = sorted((path.stem, path.read_bytes()) for path in paths)
    lines = ['#include "syntax/library.h"', ""]
    for number, (_, text) in enumerate(modules):
        lines += [f"static const char text_{number}[] = {{", array(text), "};"]
    lines += ["const struct library_module library_modules[] = {"]
    for number, (name, text) in enumerate(modules):
        lines += [f'\t{{"{name}", "std/{name}.kts", text_{number}, {len(text)}}},']
    lines += ["};", f"const size_t library_module_count = {len(modules)};", ""]
    return "\n".join(lines)


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(table([Path(name) for name in sys.argv[2:]]))
