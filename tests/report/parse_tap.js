// Reads TAP 13 or 14 with npm's tap-parser in its strict mode: node parse_tap.js MODULES <REPORT
//
// MODULES is the folder where npm installed tests/npm/package.json. Prints one JSON object: the
// results, and what the parser complains of that is no failed result.
"use strict";
const path = require("path");

const { Parser } = require(path.resolve(process.argv[2], "node_modules", "tap-parser"));
const results = [], complaints = [];
const parser = new Parser({ strict: true }, (summary) => {
    for (const failure of summary.failures)
        if (failure.tapError) complaints.push(failure.tapError);
    const { count, pass, fail, skip, plan } = summary;
    console.log(JSON.stringify({ results, complaints, count, pass, fail, skip, planned: plan.end }));
});
parser.on("assert", ({ ok, id, name, skip, diag }) => results.push({ ok, id, name, skip, diag }));
parser.on("extra", (line) => complaints.push(`no TAP: ${line}`));
process.stdin.pipe(parser);
