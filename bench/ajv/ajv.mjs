// Times JSON.parse + compiled validation of ajv on one core and prints messages a second.
// node ajv.mjs SCHEMA ENTITIES [SECONDS]: ENTITIES holds one base64-encoded entity a line.
import { readFileSync } from "node:fs";
import Ajv from "ajv";
import addFormats from "ajv-formats";

const [schemaFile, entitiesFile, seconds = "0.4"] = process.argv.slice(2);

// ajv 8 ends with draft-07, which has all that the sample schema uses.
const ajv = new Ajv({ strict: false });
addFormats(ajv);
const validate = ajv.compile(JSON.parse(readFileSync(schemaFile, "utf8")));
const entities = readFileSync(entitiesFile, "utf8").trim().split("\n").map((line) => Buffer.from(line, "base64"));

function run(forSeconds) {
  const start = process.hrtime.bigint();
  const end = start + BigInt(Math.round(forSeconds * 1e9));
  let messages = 0;
  while (process.hrtime.bigint() < end) {
    for (let i = 0; i < 500; i++) {
      for (const entity of entities) {
        if (!validate(JSON.parse(entity.toString("utf8")))) throw new Error("a sample is not valid");
        messages++;
      }
    }
  }
  return messages / (Number(process.hrtime.bigint() - start) / 1e9);
}

run(0.3); // warm-up
console.log(`${run(Number(seconds)).toFixed(0)} messages/s`);
