"""Runs the programs under test: never longer than a deadline, never with more memory than allowed."""

import argparse
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

TESTS = Path(__file__).resolve().parent.parent
ROOT = TESTS.parent

# Programs that are meant to crash leave no files.
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

# The sanitizers' default exit codes would be mistaken for the programs' own.
SANITIZERS = {
    "ASAN_OPTIONS": "exitcode=99:detect_stack_use_after_return=1",
    "LSAN_OPTIONS": "exitcode=98",
    "UBSAN_OPTIONS": "halt_on_error=1:print_stacktrace=1:exitcode=97",
}


@dataclass
class Result:
    """How a program ended; a signal is a negative code, as in subprocess."""

    code: int
    out: bytes
    err: bytes
    seconds: float
    peak_bytes: int
    timed_out: bool

    @property
    def text(self):
        """Standard output as text."""
        return self.out.decode(errors="replace")

    @property
    def errors(self):
        """Standard error as text."""
        return self.err.decode(errors="replace")

    def summary(self):
        """What a failing test wants to print."""
        ended = "killed at its deadline" if self.timed_out else f"ended with {self.code}"
        return (f"{ended} after {self.seconds:.2f} s, {self.peak_bytes >> 20} MiB\n"
                f"stdout: {shorten(self.text)}\nstderr: {shorten(self.errors)}")


def shorten(text, limit=2000):
    """The beginning and the end of a long text."""
    return text if len(text) <= limit else f"{text[:limit // 2]}\n[...]\n{text[-limit // 2:]}"


def environment(**more):
    """The environment for every program under test: no colour, plain locale."""
    return {**SANITIZERS, **os.environ, "LC_ALL": "C.UTF-8", "NO_COLOR": "1", **more}


def run(argv, deadline=20.0, memory=None, stdin=b"", stdout=None, **options):
    """Runs one command to its end in a session of its own and returns its Result.

    memory limits the address space; stdout may be an open file in place of being collected.
    """
    def limit():
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))

    options.setdefault("env", environment())
    began = time.monotonic()
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err, \
            tempfile.TemporaryFile() as text:
        text.write(stdin)
        text.seek(0)
        process = subprocess.Popen([str(word) for word in argv], stdin=text, stdout=stdout or out,
                                   stderr=err, preexec_fn=limit if memory else None, start_new_session=True, **options)
        timed_out, status, usage = _wait(process, began + deadline)
        out.seek(0)
        err.seek(0)
        return Result(os.waitstatus_to_exitcode(status), out.read(), err.read(),
                      time.monotonic() - began, usage.ru_maxrss * 1024, timed_out)


def _wait(process, until):
    """Waits for the end, at most until then, and collects what the child used."""
    timed_out = False
    pause = 0.0005
    while True:
        pid, status, usage = os.wait4(process.pid, os.WNOHANG)
        if pid:
            process.returncode = os.waitstatus_to_exitcode(status)
            return timed_out, status, usage
        if not timed_out and time.monotonic() > until:
            timed_out = True
            os.killpg(process.pid, signal.SIGKILL)
        time.sleep(pause)
        pause = min(pause * 2, 0.02)


def wait_until(condition, deadline):
    """Polls a condition; returns its first true value, or None when time runs out."""
    until = time.monotonic() + deadline
    while time.monotonic() < until:
        if value := condition():
            return value
        time.sleep(0.005)
    return condition() or None


def program(text):
    """An argument that names a program: it must be there."""
    path = Path(text).resolve()
    if not os.access(path, os.X_OK):
        sys.exit(f"{text}: no such program; build first")
    return path


def program_parser(description):
    """What every test of the two programs takes on its command line."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ktstrc", type=program, required=True)
    parser.add_argument("--ktstr", type=program, required=True)
    parser.add_argument("--sanitized", action="store_true", help="the programs are built with sanitizers")
    return parser
