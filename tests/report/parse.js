// Reads a report with what npm has for its format: node parse.js FORMAT MODULES <REPORT
//
// MODULES is the folder where npm installed tests/npm/package.json. Prints one JSON object: what is in
// it, and what the reader complains of.
"use strict";
const fs = require("fs");
const path = require("path");

const [format, modules] = process.argv.slice(2);
const from = (name) => require(path.resolve(modules, "node_modules", name));
const print = (object) => console.log(JSON.stringify(object));
const input = fs.readFileSync(0);

const formats = {
    // tap-parser in its strict mode. A complaint is what is no failed result.
    tap() {
        const results = [], complaints = [];
        const parser = new (from("tap-parser").Parser)({ strict: true }, (summary) => {
            for (const failure of summary.failures)
                if (failure.tapError) complaints.push(failure.tapError);
            print({ results, complaints, count: summary.count, planned: summary.plan.end });
        });
        parser.on("assert", ({ ok, id, name, skip, diag }) => results.push({ ok, id, name, skip, diag }));
        parser.on("extra", (line) => complaints.push(`no TAP: ${line}`));
        parser.end(input);
    },
    // The rules of the HTML standard, as html-validate has them.
    html() {
        const { HtmlValidate } = from("html-validate");
        const rules = new HtmlValidate({ root: true, extends: ["html-validate:standard"] });
        const { results } = rules.validateStringSync(input.toString());
        const messages = results.flatMap((result) => result.messages);
        print({ complaints: messages.map(({ line, column, message }) => `${line}:${column} ${message}`) });
    },
    // The model that tracerbench makes of a Chrome trace.
    perfetto() {
        const { processes } = from("@tracerbench/trace-model").buildModel(JSON.parse(input).traceEvents);
        print({ processes: processes.map(({ name, threads }) =>
            ({ name, threads: threads.map((thread) => ({ name: thread.name, events: thread.events.length })) })) });
    },
    // What GitHub's own library prints for these commands: [{command, properties, message}].
    github() {
        const { issueCommand } = from("@actions/core/lib/command.js");
        for (const { command, properties, message } of JSON.parse(input)) issueCommand(command, properties, message);
    },
};
formats[format]();
