"""Expected diagnostics, written as comments in the file that they are about.

    spawn 2 cpu_spni     #! error[KTS0012]: exact message
    #!^ warning[KTS0099]: about the line above (several of these may follow each other)
    #!v error[KTS0001]: about the line below
"""

import re

MARK = re.compile(r"(?=#!)")
FORM = re.compile(r"#!([\^v]?) (error|warning)\[(KTS\d{4})\]: (\S.*?)\s*$")
OTHER_USES = ("#! plan", "#! check", "#!/usr/bin/env")
FIELDS = {"severity", "code", "message", "file", "line", "column", "end_line", "end_column",
          "byte_start", "byte_end", "labels", "notes", "rendered"}


def read(path):
    """Returns what a file expects, as printed by show(), and complaints about malformed comments."""
    wanted, complaints = [], []
    above = 0  # the last line that holds more than remarks about the line above
    for number, line in enumerate(path.read_text(errors="replace").split("\n"), 1):
        if not line.lstrip().startswith("#!^"):
            above = number
        for part in MARK.split(line.rstrip("\r"))[1:]:
            if match := FORM.match(part):
                place = {"": number, "^": above, "v": number + 1}[match[1]]
                wanted.append(show(place, *match.groups()[1:]))
            elif not part.startswith(OTHER_USES):
                complaints.append(f"line {number}: not of the form of an expectation: {part}")
    return sorted(wanted), complaints


def rewritten(text, found, beside):
    """The text of a file with the (line, shown) that were found in place of its expectations.

    One alone goes to the end of its line, if allowed and short; several go below the line.
    """
    remarks = {}
    for line, shown in found:
        remarks.setdefault(line, []).append(shown.split(": ", 1)[1])
    new = []
    for number, line in enumerate(text.split("\n"), 1):
        said = remarks.pop(number, [])
        if line.lstrip().startswith("#!^") and not said:
            continue
        line = re.sub(r"\s*#! (error|warning)\[.*$", "", line)
        together = f"{line} #! {said[0]}" if line and said else f"#! {said[0]}" if said else ""
        if len(said) == 1 and beside and len(together) <= 100 and line.count('"') % 2 == 0:
            new.append(together)
        else:
            indent = re.match(r"\s*", line)[0]
            new += [line] + [f"{indent}#!^ {one}" for one in said]
    if remarks:
        raise ValueError(f"no place to note these: {remarks}")
    return "\n".join(new)


def show(line, severity, code, message):
    """One diagnostic as text; the line's width makes text sort by place."""
    return f"line {line:5}: {severity}[{code}]: {message}"


def malformed(found, name, data):
    """What is wrong with one diagnostic's JSON object itself, given the file's name and bytes."""
    absent = FIELDS - found.keys()
    if absent:
        return f"fields are missing: {' '.join(sorted(absent))}"
    first, last = found["byte_start"], found["byte_end"]
    head = "{file}:{line}:{column}: {severity}[{code}]: {message}".format(**found)
    if not 0 <= first <= last <= len(data):
        return f"bytes {first}..{last} lie outside the file's {len(data)}: {head}"
    if found["file"] != name:
        return f"the file is {name}: {head}"
    if place_of(data, first) != (found["line"], found["column"]):
        return f"byte {first} is at {place_of(data, first)}: {head}"
    if place_of(data, last) != (found["end_line"], found["end_column"]):
        return f"byte {last} is at {place_of(data, last)}, not at the end given: {head}"
    if found["rendered"].split("\n")[0] != head:
        return f"the rendering does not begin with: {head}"
    return ""


def place_of(data, offset):
    """Line and column, from 1 and in bytes, of an offset."""
    return data.count(b"\n", 0, offset) + 1, offset - data.rfind(b"\n", 0, offset)
