#!/usr/bin/env python3
"""Hooks, worker bodies and scenarios in C, built outside of the source tree against the installed library.

    live_hooks.py --ktstrc build/ktstrc --ktstr build/ktstr [--sanitized]

The build folder is the one that ktstr is in; `meson install` puts the library under a temporary prefix.
"""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

from live import Run, machine, run_parts, wait_until
from programs import ROOT, environment, run

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "driver"))
import pages  # noqa: E402

HERE = Path(__file__).resolve().parent
ISOLATED, IN_PROCESS = (), ("--hooks-in-process",)


class Outside:
    """A folder with an installed library, and what is built against it."""

    def __init__(self, live):
        self.live = live
        self.sanitized = live.sanitized
        self.folder = live.folder / "outside"
        self.folder.mkdir()
        self.prefix = live.folder / "prefix"
        done = run(["meson", "install", "-C", live.build, "--no-rebuild", "--quiet"], deadline=60,
                   env=environment(DESTDIR=str(self.prefix)))
        found = list(self.prefix.rglob("ktstr.pc"))
        if done.code or len(found) != 1:
            sys.exit(f"meson install: {done.summary()}, {found}")
        self.pc = found[0]
        self.root = next(self.prefix.rglob("ktstr.h")).parents[1]
        self.lib = self.pc.parents[1]
        os.environ["PKG_CONFIG_PATH"] = str(self.pc.parent)
        os.environ["LD_LIBRARY_PATH"] = str(self.lib)
        self.program = self.root / "bin" / "ktstr"
        self.flags = self.asked("--cflags", "--libs")
        self.private = self.asked("--print-requires-private")

    def asked(self, *options):
        """What pkg-config says."""
        done = run(["pkg-config", f"--define-variable=prefix={self.root}", *options, "ktstr"])
        assert done.code == 0, done.summary()
        return done.text.split()

    def build(self, source, name, *options, compiler="cc", flags=None):
        """Compiles a source to a file of this name; returns what the compiler said, "" when it was content."""
        target = self.folder / name
        shared = [] if "-c" in options or name.endswith(".bin") else ["-fPIC", "-shared"]
        sanitizers = ["-fsanitize=address,undefined"] if self.sanitized and name.endswith(".bin") else []
        done = run([compiler, "-g", "-Wall", "-Wextra", *shared, *sanitizers, "-o", target, source, *options,
                    *(self.flags if flags is None else flags)], deadline=60)
        return done.errors if done.code or done.errors else ""

    def write(self, name, text):
        """A file in the folder."""
        path = self.folder / name
        path.write_text(text)
        return path


def hooked(live, name, text, code, *said, options=(), error=False):
    """One run of a program with the library of rows.c: its exit code, what it says, what it left."""
    one = Run(live, text, options=("--hooks", live.outside.folder / "rows.so", *options))
    ended = one.end()
    printed = one.read(one.err if error else one.out)
    fault = "; ".join(f"it should say {part!r}" for part in said if part not in printed)
    live.judge(name, one, "it did not end" if ended is None else fault, code if isinstance(code, tuple) else [code])


def scenario(externs, body, settings=""):
    """A program that calls hooks; its groups are judged by nothing that a busy machine spoils."""
    lines = "".join(f"extern {line}\n" for line in externs.split("\n"))
    return (f"{lines}scenario probe {{\n    settle = 1ms\n    duration = 300ms\n    workers = 3\n{settings}\n"
            f"    cgroup left {{ }}\n{body}\n    expect 1 == 1\n    expect {{ no gap; no spread }}\n}}\n")


ROWS = {
    "ctx.cgroups": ("hook row_cgroups()", "custom row_cgroups()"),
    "a task of the hook's own": ("hook row_own_task()", "custom row_own_task()"),
    "ctx.topo": ("hook row_topo(c: int, l: int, n: int, u: cpuset, f: cpuset)",
                 "custom row_topo(topo.cpus, topo.llcs, topo.nodes, usable, llc(0))"),
    "ctx.duration and its neighbours": ("hook row_fields(d: duration, s: duration, w: int)",
                                        "custom row_fields(300ms, 1ms, 3)"),
    "setup_cgroups, its guard, dfl_wl": ("hook row_setup()", "custom row_setup()"),
    "spawn_diverse": ("hook row_diverse()", "custom row_diverse()"),
    "assert_cgroup": ("hook row_assert()", "custom row_assert()"),
    "assert_cgroup of reports that are made up": ("hook row_assert_made()", "custom row_assert_made()"),
    "what is said of those": ("hook made_text() -> string", 'let text = custom made_text()\nnote "{text}"'),
    "execute_steps_with": ("hook row_steps()", "custom row_steps()"),
    "ops as text": ("hook row_text()", "custom row_text()"),
    "collect_all": ("hook row_collect(tell: bool) -> int", "expect custom row_collect(false) == 1"),
}
TYPES = {"int": "-3", "float": "0.25", "percent": "12.5%", "duration": "7us", "size": "3KiB", "bool": "true",
         "string": '"a {topo.cpus} \\" b"', "cpuset": "nth(all, 0)"}


def check_rows(live):
    """Each row of what the original's context offers, isolated and in process."""
    cgroups = live.root and live.has_cgroups
    for options in (ISOLATED, IN_PROCESS):
        how = ", in process" if options else ""
        for name, (externs, body) in ROWS.items():
            if not cgroups and name in ("a task of the hook's own", "ctx.cgroups"):
                live.tap.skipped(name + how, "needs root and cgroups")
            else:
                hooked(live, name + how, scenario(externs, body), 0, options=options)
        hooked(live, "collect_all fails" + how,
               scenario("hook row_collect(tell: bool) -> int", "expect custom row_collect(true) == 1"), 1,
               "gap is", options=options)
        externs = "\n".join(f"hook give_{kind}(x: {kind}) -> {kind}" for kind in TYPES)
        body = "\n".join(f"    expect custom give_{kind}({value}) == {value}" for kind, value in TYPES.items())
        hooked(live, "every type there and back" + how, scenario(externs, body), 0, options=options)
        externs = "hook give_path(g: cgroup) -> string"
        hooked(live, "names of cgroups" + how, scenario(externs, """
    create left/inner
    create cell[3]
    expect custom give_path(left/inner) == "left/inner"
    expect custom give_path(cell[3]) == "cell_3"
    expect custom give_path(host) == "host" """), 0, options=options)
        hooked(live, "state between calls" + how,
               scenario("hook count_calls() -> int", "custom count_calls()\nexpect custom count_calls() == 2"), 0,
               "note: call 2", options=options)
        override = scenario("hook row_override() -> string", 'expect custom row_override() == "mixed"')
        hooked(live, "ctx.work_type_override" + how, override, 0, "yield_heavy", "mixed",
               options=("--work-type", "mixed", *options))
        for status, code in (("skip", 4), ("broken", 3), ("fail", 1), ("nothing", 0)):
            hooked(live, f"a finding: {status}{how}",
                   scenario("hook find(s: string)", f'custom find("{status}")'), code, options=options)


def check_harm(live):
    """Whatever a hook does, its cgroups and workers are gone, and the verdict is written."""
    externs = "hook misbehave(how: string)"
    for how, code, said in (("crash", 3, "was killed by SIGSEGV"), ("abort", 3, "was killed by SIGABRT"),
                            ("exit", 3, "with status 7"), ("hang", 3, "neither ended nor asked"),
                            ("garbage", 3, "no message"), ("deaf", 3, "does not read"),
                            ("leak", 0, "PASS"), ("orphans, crash", 3, "was killed by SIGSEGV"),
                            ("orphans, hang", 3, "neither ended nor asked"), ("orphans", 0, "PASS")):
        hooked(live, f"a hook that does harm: {how}", scenario(externs, f'custom misbehave("{how}")\nhold 50ms'),
               code, said, options=("--hook-timeout", "500ms"))
    hooked(live, "a hook that never comes back", scenario(externs, 'custom misbehave("loop")', "timeout = 700ms"),
           3, "not done within the timeout")
    hooked(live, "a hook that asks without end", scenario(externs, 'custom misbehave("chatter")', "timeout = 700ms"),
           3, "not done within the timeout")
    hooked(live, "a hook that never comes back, in process",
           scenario(externs, 'custom misbehave("loop")', "timeout = 700ms"), 3, "not done within the timeout",
           options=IN_PROCESS)
    hooked(live, "a leak in process", scenario(externs, 'custom misbehave("small")\nhold 50ms'), 0,
           options=IN_PROCESS)
    for number in (signal.SIGINT, signal.SIGTERM):
        one = Run(live, scenario(externs, 'custom misbehave("hang")'),
                  options=("--hooks", live.outside.folder / "rows.so"))
        ready = wait_until(lambda one=one: "misbehaving" in one.read(one.err), live.deadline)
        one.process.send_signal(number)
        live.judge(f"{number.name} in a hook", one, "" if ready else "the hook was not called", [-number])
    one = Run(live, scenario(externs, 'custom misbehave("hang")'),
              options=("--hooks", live.outside.folder / "rows.so"))
    ready = wait_until(lambda: "misbehaving" in one.read(one.err), live.deadline)
    one.process.kill()
    one.end()
    gone = wait_until(lambda: not machine.processes_with(one.mark), live.deadline)
    one.traces()
    live.tap.check("SIGKILL: the helper dies too", "" if ready and gone else f"ready {ready}, gone {gone}")


def check_work(live):
    """extern work: judged like any other."""
    hooked(live, "a worker's body in C",
           scenario("work rounds(count: int, pause: duration)\nwork until_stopped()",
                    "spawn 2 rounds(2000, 2ms) in left\nspawn 1 until_stopped in left\nhold 300ms\n"
                    "expect { gap <= 5s }").replace("no gap; ", ""), 0, "rounds", "until_stopped")
    hooked(live, "a body that does nothing", scenario("work lazy()", "spawn 1 lazy in left\nhold 100ms"), (1, 6),
           "did no work at all")
    hooked(live, "a body that crashes", scenario("work crashing()", "spawn 1 crashing in left\nhold 1s"), 3,
           "killed by signal 11")


def check_loading(live):
    """What is refused before anything is made, and why."""
    out, text = live.outside, scenario("hook count_calls() -> int", "custom count_calls()")

    def refused(name, library, said, code=2, program=text):
        """One that ends before it makes anything, whose groups would be found by their names."""
        one = Run(live, program, options=("--hooks", library))
        one.end()
        printed = one.read(one.err) + one.read(one.out)
        live.judge(name, one, "" if said in printed and " cgroup " not in printed else f"it should say {said!r}",
                   [code])

    rows = out.folder / "rows.so"
    refused("a library that is missing", out.folder / "none.so", "No such file")
    refused("a file that is no library", out.write("text.so", "no library\n"), "cannot be loaded")
    plain = out.write("plain.c", "int unrelated(void);\nint unrelated(void) { return 1; }\n")
    out.build(plain, "plain.so")
    refused("a library without hooks", out.folder / "plain.so", "no library of hooks")
    out.write("empty.c", "#include <ktstr.h>\n")
    out.build(out.folder / "empty.c", "empty.so")
    refused("a library that registers nothing", out.folder / "empty.so", "registers nothing")
    out.build(HERE / "hooks" / "rows.c", "abi.so", "-DKTSTR_ABI=99")
    refused("another ABI", out.folder / "abi.so", "ABI 99")
    shutil.copy(rows, out.folder / "again.so")
    one = Run(live, text, options=("--hooks", rows, "--hooks", out.folder / "again.so"))
    one.end()
    live.judge("a name that is registered twice", one,
               "" if re.search("'row_cgroups' is registered twice: in .*rows.so.* and in .*again.so",
                               one.read(one.err)) else "it should name both", [2])
    one = Run(live, text, options=("--hooks", rows, "--hooks", rows))
    live.judge("the same library twice is once", one, "", [0])
    refused("a hook that is not there", rows, "did you mean 'count_calls'?", 3, text.replace("count_calls", "count_call"))
    refused("another result", rows, "is declared as () -> size, but registered as () -> int", 3,
            text.replace("-> int", "-> size"))
    refused("other parameters", rows, "declared as (duration, int, duration), but registered as (duration, duration, int)",
            3, scenario("hook row_fields(d: duration, w: int, s: duration)", "custom row_fields(1ms, 1, 1ms)"))
    refused("a body of other parameters", rows, "'rounds' is declared as (int), but registered", 3,
            scenario("work rounds(n: int)", "spawn 1 rounds(1) in left\nhold 50ms"))
    refused("a hook is no body", rows, "no library has a worker's body 'count_calls'", 3,
            scenario("work count_calls()", "spawn 1 count_calls in left\nhold 50ms"))
    if not live.root:
        live.tap.skipped("files that others may write to", "needs root")
        return
    loose = out.folder / "loose"
    loose.mkdir()
    shutil.copy(rows, loose / "rows.so")
    loose.chmod(0o777)
    refused("a folder that others may write to", loose / "rows.so", "may be written to by others")
    loose.chmod(0o755)
    (loose / "rows.so").chmod(0o666)
    refused("a file that others may write to", loose / "rows.so", "may be written to by others")
    (loose / "rows.so").chmod(0o755)
    os.chown(loose / "rows.so", 65534, 65534)
    refused("a file of somebody else", loose / "rows.so", "belongs to user 65534")


def check_scenarios(live):
    """KTSTR_SCENARIO: listed, run by name, with flags and partition modes."""
    rows, out = live.outside.folder / "rows.so", live.outside

    def ktstr(*arguments):
        return run([live.ktstr, *arguments, "--hooks", rows], cwd=out.folder, deadline=live.deadline)

    listed = ktstr("list")
    live.tap.check("list shows them", "" if listed.code == 0 and re.search(
        r'^catalog_steady +mine +Steady, of a "library"$', listed.text, re.M) else listed.summary())
    quick = ("--duration", "200ms", "--settle", "1ms", "--workers", "1")
    for name, options, codes in (("catalog_custom", (), (0,)), ("catalog_steady", (), (0, 1, 6)),
                                 ("catalog_steady", ("--flags", "llc,rebal"), (4,)),
                                 ("catalog_steady", ("--flags", "borrow"), (4,)), ("catalog_map", (), (0,)),
                                 ("no_such", (), (2,))):
        done = ktstr("exec", name, *quick, *options)
        live.tap.check(" ".join(["exec", name, *options]), "" if done.code in codes else done.summary())
    expected = {"mode_none": ["0-31"] * 3, "mode_llc": ["0-7", "8-15"], "mode_half": ["0-14", "15-30"],
                "mode_misaligned": ["0-3", "4-30"], "mode_overlap": ["0-14", "5-24", "15-30"],
                "mode_uneven": ["0-22", "23-30"], "mode_holdback": ["0-10", "11-21"]}
    for name, sets in expected.items():
        done = ktstr("plan", name, "--topo", "2n4l4c2t", "--format", "json")
        seen = [event["cpus"] for event in json.loads(done.text)["scenarios"][0]["events"]
                if event["op"] == "cgroup"] if done.code == 0 else []
        live.tap.check(f"{name} gives its CPUs", "" if seen == sets else f"{seen}\n{done.summary()}")
    done = ktstr("plan", "mode_llc", "--topo", "1n1l2c1t")
    live.tap.check("mode_llc on one LLC is a SKIP", "" if done.code == 4 else done.summary())


def check_maps(live):
    """wait_for_map_write: a real BPF map that somebody writes to 400 ms later."""
    rows = live.outside.folder / "rows.so"
    waits = scenario("hook row_map()", "custom row_map()")
    awaits = scenario("hook row_map()", 'await map_value("/sys/fs/bpf/ktstr_ready", 0) == 7 timeout 5s')
    quick = ("--duration", "100ms", "--settle", "1ms", "--workers", "1")
    words = {"ktstr_wait_for_map": [live.outside.write("waits.kts", waits)],
             "ktstr_wait_for_map, in process": [live.outside.write("waits.kts", waits), *IN_PROCESS],
             "await map_value": [live.outside.write("awaits.kts", awaits)],
             "ktstr_wait_for_map_write": ["ready_custom"], "steps of a scenario with a map": ["ready_steps"],
             "a steady scenario with a map": ["ready_steady"]}
    for name, arguments in words.items():
        done = run([sys.executable, HERE.parent / "lib/pinned.py", "400", live.ktstr, "exec", *arguments, *quick, "--hooks", rows, "--format", "json"],
                   deadline=live.deadline)
        if done.code == 77:
            live.tap.skipped(name, done.errors)
            continue
        report = json.loads(done.out)["scenarios"][0] if done.code in (0, 1, 3, 6) else {"duration_ns": 0}
        # A busy machine may spoil how the workers of the steady one are judged, and nothing else.
        fine = done.code == 0 or (done.code == 6 and arguments == ["ready_steady"])
        live.tap.check(name, "" if fine and 300e6 < report["duration_ns"] < 3e9 else done.summary())


def check_library(live):
    """The header in both languages, the exported names, and hooks that are linked in."""
    out = live.outside
    header = next(out.prefix.rglob("ktstr.h")).read_text()
    declared = set(re.findall(r"^KTSTR_API [^;{]*?\b(ktstr_\w+)\(", header, re.M)) - {"ktstr_registry"}
    for file, option in (("libktstr.so", "-D"), ("libktstr.a", "-g")):
        names = {line.split()[-1].split("@")[0] for line in run(["nm", option, "--defined-only", out.lib / file])
                 .text.splitlines() if len(line.split()) == 3 and line.split()[1] != "A"}
        names = {name for name in names if not name.startswith(("__asan", "__odr_asan", "__ubsan"))}
        live.tap.check(f"{file} shows what the header declares, and no more",
                       "" if names == declared else f"too many: {names - declared}; too few: {declared - names}")
    bare = [line for part in re.split(r"\n(?:\n|(?=/\*))", header[:header.index("What the macros are made of")])
            for line in re.findall(r"^KTSTR_API.*", part, re.M)
            if not part.lstrip().startswith("/*") or part.lstrip().startswith("/* ----")]
    live.tap.check("each function is documented", "\n".join(bare))
    soname = run(["readelf", "-d", out.lib / "libktstr.so"]).text
    live.tap.check("a versioned soname", "" if "[libktstr.so.1]" in soname else soname)
    for compiler, language, name in (("gcc", "c11", "h.c"), ("clang", "c11", "h.c"), ("g++", "c++17", "h.cc"),
                                     ("clang++", "c++17", "h.cc")):
        if not shutil.which(compiler):
            live.tap.skipped(f"the header with {compiler}", "it is not installed")
            continue
        source = out.write(name, '#include <ktstr.h>\nKTSTR_HOOK(twice, INT, INT)\n'
                           "static int64_t twice(struct ktstr_context *ctx, int64_t x) { (void)ctx; return 2 * x; }\n"
                           "KTSTR_WORK(w)\nstatic void w(struct ktstr_worker *k) { ktstr_worker_tick(k, 1); }\n")
        said = out.build(source, "h.so", f"-std={language}", "-pedantic", "-Werror", compiler=compiler)
        live.tap.check(f"the header with {compiler} -std={language} -pedantic", said)
        hooked_so = out.folder / "h.so"
        one = Run(live, scenario("hook twice(x: int) -> int", "expect custom twice(21) == 42"),
                  options=("--hooks", hooked_so))
        live.judge(f"a hook built by {compiler}", one, "", [0])
    source = out.write("drop.c", "#include <ktstr.h>\nvoid f(struct ktstr_context *);\nvoid f(struct ktstr_context *ctx)\n"
                       "{ struct ktstr_work w = ktstr_dfl_wl(ctx); ktstr_setup_cgroups(ctx, 2, &w); }\n")
    said = out.build(source, "drop.so")
    live.tap.check("dropping a setup is a warning", "" if "warn_unused_result" in said or "unused-result" in said
                   else f"no warning: {said}")
    source = out.write("wrong.c", "#include <ktstr.h>\nKTSTR_HOOK(bad, INT, INT)\n"
                       "static int64_t bad(struct ktstr_context *ctx, const char *x) { (void)ctx; (void)x; return 0; }\n")
    live.tap.check("a function that is not what it says does not compile",
                   "" if "conflicting types" in out.build(source, "wrong.so") else "it did")
    source = out.write("main.c", '#include "' + str(HERE / "hooks" / "rows.c") + '"\nKTSTR_MAIN();\n')
    text = out.write("linked.kts", scenario("hook count_calls() -> int", "expect custom count_calls() == 1"))
    for how, options in (("shared", []), ("static", [str(out.lib / "libktstr.a"), *run(["pkg-config", "--libs", *out.private]).text.split(), "-lm"])):
        said = out.build(source, "linked.bin", *options, flags=out.asked("--cflags") if options else None)
        done = run([out.folder / "linked.bin", "exec", text], deadline=live.deadline) if not said else None
        if not said and options and "libktstr" in run(["ldd", out.folder / "linked.bin"]).text:
            said = "it needs libktstr.so"
        live.tap.check(f"hooks that are linked in, {how}",
                       said or ("" if done.code == 0 and "PASS" in done.text else done.summary()))


def check_examples(live):
    """The examples of the documentation, as they are told to be built and run."""
    out = live.outside
    folder = out.folder / "examples"
    shutil.copytree(ROOT / "docs" / "examples" / "hooks", folder, ignore=shutil.ignore_patterns("*.so"))
    done = run(["make", "-C", folder], deadline=60)
    live.tap.check("make", "" if done.code == 0 and not done.errors else done.summary())
    for arguments in (["two_groups", "--hooks", "./two_groups.so", "--duration", "400ms"], ["follow.kts"],
                      ["follow.kts", "--hooks-in-process"]):
        done = run([out.program, "exec", *arguments], cwd=folder, deadline=live.deadline)
        # A busy machine may make it INCONCLUSIVE; nothing else is right.
        live.tap.check(" ".join(arguments), "" if done.code in (0, 6) else done.summary())
    (folder / "follow.so").rename(folder / "libfollow.so")
    done = run([out.program, "exec", "follow.kts"], cwd=folder, deadline=live.deadline)
    live.tap.check("use hooks finds libNAME.so", "" if done.code in (0, 6) else done.summary())
    done = run([live.ktstrc, "build", "follow.kts"], cwd=folder)
    ran = run([out.program, "exec", folder / "follow.ktb"], deadline=live.deadline)
    live.tap.check("use hooks of a compiled file", "" if done.code == 0 and ran.code in (0, 6)
                   else done.summary() + ran.summary())
    (folder / "libfollow.so").unlink()
    done = run([out.program, "exec", "follow.kts"], cwd=folder)
    live.tap.check("use hooks of what is not there",
                   "" if done.code == 2 and "there is no follow, follow.so or libfollow.so" in done.errors
                   else done.summary())
    done = run([out.program, "plan", "follow.kts"], cwd=folder)
    live.tap.check("a plan needs no library", "" if done.code == 0 else done.summary())


def check_guide(live):
    """What the guide shows, word for word: its C compiles, and its first program runs."""
    out = live.outside
    shown = list(pages.blocks((ROOT / "docs" / "hooks.md").read_text()))
    c = [block.text for block in shown if block.language == "c"]
    kts = [block.text for block in shown if block.language == "kts"]
    out.write("probes.kts", kts[0])
    for number, text in enumerate(c):
        said = out.build(out.write("probes.c" if not number else f"guide{number}.c", text),
                         "probes.so" if not number else f"guide{number}.so", "-std=c11")
        live.tap.check(f"block {number + 1} of the guide compiles", said)
    done = run([out.program, "exec", "probes.kts"], cwd=out.folder, deadline=live.deadline)
    live.tap.check("the guide's program", "" if done.code in (0, 6) else done.summary())


def prepare(live):
    """Installs, and builds the library that most cases call."""
    live.outside = Outside(live)
    live.tap.check("rows.c builds", live.outside.build(HERE / "hooks" / "rows.c", "rows.so", "-std=gnu11"))


if __name__ == "__main__":
    run_parts(__doc__, prepare, check_rows, check_harm, check_work, check_loading, check_scenarios, check_maps, check_library,
              check_examples, check_guide)
