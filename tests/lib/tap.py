"""Test Anything Protocol, as meson reads it."""

import sys


class Tap:
    """Numbers results and prints them as they come; the plan stands at the end."""

    def __init__(self):
        self.count = 0
        self.failed = 0

    def passed(self, name):
        """One success."""
        self._result("ok", name)

    def failed_with(self, name, detail):
        """One failure; the detail is printed as diagnostics below it."""
        self.failed += 1
        self._result("not ok", name)
        for line in detail.rstrip("\n").split("\n"):
            self.note(line)

    def skipped(self, name, reason):
        """One that could not run here, and why."""
        assert reason, "a skip always says why"
        self._result("ok", f"{_clean(name)} # SKIP {_clean(reason)}", clean=False)

    def check(self, name, detail):
        """Success when there is no detail to complain about, else failure."""
        if detail:
            self.failed_with(name, detail)
        else:
            self.passed(name)

    def note(self, line):
        """A line that is no result."""
        print(f"# {line}", flush=True)

    def finish(self):
        """Prints the plan and ends the program: 0 when nothing failed and something ran."""
        if self.count == 0:
            self.failed_with("at least one case", "no case was found: a test that runs nothing passes nothing")
        print(f"1..{self.count}", flush=True)
        sys.exit(1 if self.failed else 0)

    def _result(self, word, text, clean=True):
        self.count += 1
        print(f"{word} {self.count} - {_clean(text) if clean else text}", flush=True)


def _clean(text):
    """A name may hold neither '#' nor a line's end."""
    return text.replace("#", "").replace("\n", " ")
