// `npm run test:mutation -- PACKAGE`: which changes of the package's sources no test notices.
//
// Only what changed since the last run is tried again (reports/mutation). Exit code 1 if less than
// 85 % of all mutants are killed, 2 for wrong options.

import {
  oneOfNames,
  readOptions,
  refuse,
  type ScriptUsage,
  wholeNumber,
} from "../../../scripts/script-options.js";
import {
  isStrykerInstalled,
  MUTATED_PACKAGES,
  type Mutant,
  type MutationTally,
  runMutants,
} from "./mutation/mutation-run.js";

const LEAST_PERCENT = 85;

const USAGE: ScriptUsage = {
  command: "npm run test:mutation",
  text: `  PACKAGE            one of ${MUTATED_PACKAGES.join(", ")}
  --concurrency N    threads of tests (default 2)
  --survivors        one line for each mutant that lived`,
};

function lineOf({ status, fileName, location, mutatorName, replacement }: Mutant): string {
  const { line, column } = location.start;
  const where = `${fileName.replace(/^.*\/packages\//, "packages/")}:${line}:${column}`;
  const text = replacement.replace(/\s+/g, " ").slice(0, 60);
  const fate = status === "NoCoverage" ? "not reached" : "lived";
  return `${fate}  ${where}  ${mutatorName} -> ${text}`;
}

function tallyLine(name: string, { all, killed, timeouts, survivors, invalid }: MutationTally) {
  const percent = (count: number): string => `${((100 * count) / all).toFixed(1)} %`;
  return (
    `${name}: ${killed} of ${all} mutants killed (${percent(killed)}), ${timeouts} timeouts ` +
    `(${percent(timeouts)}), ${survivors.length} survivors (${percent(survivors.length)})` +
    (invalid > 0 ? `, ${invalid} that were no program` : "")
  );
}

const { values, positionals } = readOptions(USAGE, {
  allowPositionals: true,
  options: {
    concurrency: { type: "string", default: "2" },
    survivors: { type: "boolean", default: false },
  },
});
const [word, tooMany] = positionals;
if (word === undefined) refuse(USAGE, "name one package.");
if (tooMany !== undefined) refuse(USAGE, `"${tooMany}" is one package too many.`);
const name = oneOfNames(USAGE, "package that is mutated", word, MUTATED_PACKAGES);
const concurrency = wholeNumber(USAGE, "concurrency", values.concurrency, 1, 64);
if (!isStrykerInstalled()) {
  console.log("SKIPPED: Stryker is not installed. `npm run heavy:install` installs it.");
} else {
  const tally = await runMutants(name, concurrency);
  if (values.survivors) for (const mutant of tally.survivors) console.log(lineOf(mutant));
  console.log(tallyLine(name, tally));
  // Of a mutant that loops nobody can tell whether a test would have noticed: it is no kill.
  process.exitCode = (100 * tally.killed) / tally.all < LEAST_PERCENT ? 1 : 0;
}
