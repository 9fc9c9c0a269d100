// Validates SARIF documents: node validate_sarif.js MODULES FILE...
//
// MODULES is the folder where npm installed tests/npm/package.json. Prints a line per mistake; ends
// with 0 if there is none, 3 if there are some, and anything else if it could not look.
"use strict";
const fs = require("fs");
const path = require("path");

const [modules, ...files] = process.argv.slice(2);
const from = (name) => path.resolve(modules, "node_modules", name);
const Ajv = require(from("ajv"));
const schema = JSON.parse(fs.readFileSync(from("@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json")));

// The schema is one of draft 4.
const ajv = new Ajv({ schemaId: "id", allErrors: true });
ajv.addMetaSchema(require(from("ajv/lib/refs/json-schema-draft-04.json")));
const validate = ajv.compile(schema);

let mistakes = 0;
for (const file of files) {
    if (validate(JSON.parse(fs.readFileSync(file)))) continue;
    for (const { dataPath, message } of validate.errors) console.log(`${file}: ${dataPath} ${message}`);
    mistakes += validate.errors.length;
}
process.exit(mistakes ? 3 : 0);
