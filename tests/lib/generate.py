"""Random programs that are right: the same for the same seed, in whatever layout.

A program is made as a list of tokens, by the grammar and the types, and then written with blanks,
line breaks and comments wherever there may be some.
"""

import random

END = "\n"  # of a statement: a line break or a ';'
COMMENTS = ["# why", "#", "#! not a shebang", "#   blanks \t", '# "quotes" { and ( brackets', "# größe ✓", "## x ##"]
TIGHT_LEFT = {")", "]", ",", ".", ":", "(", "["}


class Program:
    """One program in the making."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.tokens = []
        self.count = 0
        self.comments = []
        self.ints, self.groups, self.fns, self.procs = ["workers", "topo.cpus"], [], [], []
        self.depth = 0
        for _ in range(self.random.randrange(3)):
            self.declaration()
        for _ in range(self.random.randrange(1, 4)):
            self.scenario()

    def add(self, *tokens):
        """Puts tokens at the end."""
        self.tokens += tokens

    def pick(self, *choices):
        """Calls one of these."""
        return self.random.choice(choices)()

    def name(self, stem):
        """A name that nothing has yet."""
        self.count += 1
        return f"{stem}_{self.count}"

    # Expressions give lists of tokens. None is constant where a constant could be refused.

    def integer(self, deep=0):
        """A whole number, at least 0."""
        def leaf():
            return [self.random.choice(["1", "2", "7", "1_0", *self.ints])]
        if deep > 3:
            return leaf()
        return self.pick(leaf, leaf,
                         lambda: [*self.integer(deep + 1), self.random.choice("+*"), *self.integer(deep + 1)],
                         lambda: ["(", *self.integer(deep + 1), ")", "%", "5"],
                         lambda: ["(", *self.integer(deep + 1), "-", *self.integer(deep + 1), ")"],
                         lambda: [self.random.choice(["min", "max"]), "(", *self.integer(deep + 1), ",", *self.integer(deep + 1), ")"],
                         lambda: ["size", "(", *self.cpuset(deep + 1), ")"],
                         lambda: ["round", "(", *self.integer(deep + 1), "*", "30%", ")"],
                         lambda: self.fn_call(deep))

    def fn_call(self, deep):
        """A call of a fn, if there is one, with named arguments now and then."""
        if not self.fns or deep > 1:
            return ["3"]
        name = self.random.choice(self.fns)
        return self.random.choice([[name, "(", "1", ")"], [name, "(", "1", ",", "b", ":", "2", ")"], [name, "(", "b", ":", "4", ",", "a", ":", "1", ",", ")"]])

    def boolean(self, deep=0):
        """A condition that depends on the machine."""
        def comparison():
            return ["topo.llcs", self.random.choice(["==", "!=", "<", "<=", ">", ">="]), *self.integer(deep + 2)]
        if deep > 2:
            return comparison()
        return self.pick(comparison, comparison,
                         lambda: ["not", *comparison()],
                         lambda: [*self.boolean(deep + 1), self.random.choice(["and", "or"]), *self.boolean(deep + 1)],
                         lambda: ["(", *self.boolean(deep + 1), ")"],
                         lambda: [*self.cpuset(deep + 1), "==", *self.cpuset(deep + 1)])

    def cpuset(self, deep=0):
        """A set of CPUs."""
        def leaf():
            return self.random.choice([["all"], ["usable"], ["llc", "(", "0", ")"], ["cpus", "(", '"0-3,5"', ")"], ["disjoint", "(", "0", ",", "2", ")"]])
        if deep > 2:
            return leaf()
        return self.pick(leaf, leaf,
                         lambda: [*self.cpuset(deep + 1), self.random.choice("|&-"), *self.cpuset(deep + 1)],
                         lambda: ["(", *self.cpuset(deep + 1), ")"],
                         lambda: ["first", "(", *self.cpuset(deep + 1), ",", "2", ")"])

    def duration(self):
        """A time."""
        return self.random.choice([["10ms"], ["1.5s"], ["250us", "*", "3"], ["100ms", "+", "5ms"], ["duration", "/", "4"], ["2", "*", "30ms"]])

    def string(self):
        """A string, maybe with values in it."""
        return [self.random.choice(['"text"', '"a \\"b\\" \\\\ \\n"', '"\\{no value\\}  two blanks"', '"# no comment"', '"größe; {topo.cpus} and {1 + 2}"'])]

    def work(self):
        """A kind of work."""
        return self.random.choice([["cpu_spin"], ["io_sync"], ["bursty", "(", "5ms", ",", "10ms", ")"], ["bursty", "(", "sleep", ":", "2ms", ")"]])

    # Statements put their tokens at the end.

    def braces(self, body, times):
        """A block of some statements; what is declared in it is known in it."""
        known = len(self.ints), len(self.groups)
        self.add("{")
        self.depth += 1
        for _ in range(times):
            body()
        self.depth -= 1
        self.add("}")
        del self.ints[known[0]:], self.groups[known[1]:]

    def declaration(self):
        """Of the whole file."""
        def param():
            name = self.name("param")
            self.add("param", name, *self.random.choice([[], [":", "int"]]), "=", "4", *self.random.choice([[], ['"what it is"']]), END)
            self.ints.append(name)

        def let():
            name = self.name("all")
            self.add("let", name, "=", "topo.cpus", "+", "1", END)
            self.ints.append(name)

        def fn():
            name = self.name("fn")
            self.add("fn", name, "(", "a", ":", "int", ",", "b", ":", "int", "=", "2", *self.random.choice([[], [","]]), ")", "->", "int", "=", "a", "+", "b", END)
            self.fns.append(name)

        def proc():
            name = self.name("proc")
            self.add("proc", name, "(", "g", ":", "cgroup", ",", "n", ":", "int", "=", "1", ")", "{", "spawn", "n", *self.work(), "in", "g", END, "}", END)
            self.procs.append(name)
        self.pick(param, let, fn, proc)

    def scenario(self):
        """A whole one."""
        self.groups, known = [], len(self.ints)
        self.add("scenario", self.name("s"), *self.random.choice([[], ['"what it does"']]), "{")
        for setting in self.random.sample([["duration", "=", "2s"], ["settle", "=", "10ms"], ["workers", "=", "3"], ["category", "=", '"some"'],
                                           ["tags", "=", "[", '"a"', ",", '"b"', "]"], ["needs", *self.boolean(), '"why"']], self.random.randrange(4)):
            self.add(*setting, END)
        self.cgroup()
        self.cgroup()
        for _ in range(self.random.randrange(2, 9)):
            self.statement()
        self.add("hold", "10ms", END)
        if self.random.random() < 0.5:
            self.add("expect", "{", "isolated", END, "gap", "<=", "2s", END, "no", "spread", END, "}", END)
        self.add("}", END)
        del self.ints[known:]

    def cgroup(self):
        """One that the block around it owns."""
        name = self.name("g")
        self.add("cgroup", name, "{")
        for setting in self.random.sample([["cpus", "=", *self.cpuset()], ["weight", "=", "200"], ["quota", "=", "50%"]], self.random.randrange(3)):
            self.add(*setting, END)
        for _ in range(self.random.randrange(1, 3)):
            self.add("spawn", *self.random.choice([[], ["2"], ["(", "max", "(", "1", ",", "min", "(", *self.integer(), ",", "9", ")", ")", ")"], [self.random.choice(["workers", "topo.cpus"])]]), *self.work())
            if self.random.random() < 0.3:
                self.add("{", "policy", "=", "batch", END, "nice", "=", "5", END, "}")
            self.add(END)
        self.add("}", END)
        self.groups.append(name)

    def ops(self):
        """One line."""
        group, other = self.random.choice(self.groups), self.random.choice(self.groups)
        self.add(*self.pick(
            lambda: ["hold", *self.random.choice([self.duration(), ["10%"]])],
            lambda: ["sleep", *self.duration()],
            lambda: ["set", group, ".", "cpus", "=", *self.cpuset()],
            lambda: ["clear", group, ".", "cpus"],
            lambda: ["swap", group, ".", "cpus", ",", other, ".", "cpus"],
            lambda: ["spawn", "2", *self.work(), "in", group],
            lambda: ["move", self.random.choice(["all", "1", "50%"]), "from", group, "to", group],
            lambda: ["freeze", group, END, "thaw", group],
            lambda: ["note", *self.string()],
            lambda: ["expect", *self.boolean(), *self.random.choice([[], ['"as said"']])],
            lambda: ["expect", group, ".", "tasks", ">=", "0"],
            lambda: ["await", group, ".", "tasks", ">", "0", *self.random.choice([[], ["timeout", "1s"]])],
            lambda: ["fail", *self.string(), "if", *self.boolean()],
            lambda: [self.random.choice(self.procs), "(", group, ",", "n", ":", "2", ")"] if self.procs else ["hold", "1ms"]), END)

    def let(self):
        """A name for a value, which is used."""
        name = self.name("n")
        self.add("let", name, "=", *self.integer(), END, "note", f'"{{{name}}}"', END)
        self.ints.append(name)

    def nested(self):
        """A statement with a block."""
        few = self.random.randrange(1, 4)

        def branch():
            self.add("if", *self.boolean())
            self.braces(self.statement, few)
            if self.random.random() < 0.5:
                self.add("else", "if", *self.boolean())
                self.braces(self.ops, 1)
            if self.random.random() < 0.5:
                self.add("else")
                self.braces(self.ops, few)

        def loop():
            name = self.name("i")
            self.add("for", name, "in", "0", "..", "3")
            self.ints.append(name)
            self.braces(self.ops, few)
            self.add(END, "note", '"behind"')
            self.ints.remove(name)

        def turns():
            self.add("repeat", "2", "times")
            self.braces(self.ops, few)

        def every():
            self.add("repeat", "every", "50ms", "for", "20%")
            self.braces(self.ops, few)

        def scope():
            self.add("scope")
            self.braces(self.statement, few)

        def step():
            self.add("step", '"phase {topo.cpus}"')
            self.braces(self.statement, few)
        self.pick(*([branch, loop, turns, every, scope] + [step] * (2 if self.depth == 0 else 0)))
        self.add(END)

    def statement(self):
        """Any that may stand in a block."""
        if self.depth < 3:
            self.pick(self.ops, self.ops, self.let, self.nested)
        else:
            self.ops()

    def text(self):
        """The program, written by a hand that does not care; `comments` are those in it."""
        writer = Writer(self.tokens, self.random)
        self.comments = [comment.rstrip() for comment in writer.comments]
        return writer.text


class Writer:
    """Puts blanks, line breaks and comments between tokens; `comments` are those it wrote."""

    def __init__(self, tokens, source):
        self.random = source
        self.parts, self.comments, self.grouped = [], [], 0
        breakable = {",", "{", "=", "+", "*", "|", "&", "and", "or", "=="}
        for at, token in enumerate(tokens):
            behind = tokens[at + 1] if at + 1 < len(tokens) else END
            if token == END:
                # Before a '}' nothing need end the statement.
                self.parts.append(";" if self.random.random() < 0.2 else self.line() if self.random.random() < 0.8 or behind != "}" else " ")
                continue
            self.parts.append(token)
            self.grouped += (token in ("(", "[")) - (token in (")", "]"))
            if (self.grouped or token in breakable) and self.random.random() < 0.08:
                self.parts.append(self.line())
            elif token not in TIGHT_LEFT and behind not in TIGHT_LEFT or self.random.random() < 0.1 and {token, behind}.isdisjoint("([."):
                self.parts.append(self.random.choice([" ", " ", " ", "  ", "\t"]))
        self.text = "".join(self.parts)

    def line(self):
        """A line's end, maybe with a comment before it or behind it, or empty lines."""
        text = ""
        if self.random.random() < 0.15:
            self.comments.append(self.random.choice(COMMENTS))
            text = self.random.choice(["", " ", "   "]) + self.comments[-1]
        text += self.random.choice(["\n", "\n", "\n", "\r\n"])
        while self.random.random() < 0.1:
            self.comments.append(self.random.choice(COMMENTS))
            text += "\t" + self.comments[-1] + "\n" * self.random.randrange(1, 4)
        return text + self.random.choice(["", "    ", "\t"])
