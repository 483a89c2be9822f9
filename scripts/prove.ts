// `npm run prove`: every composition against every property of its suite, in rounds with one seed
// each, of which every property makes its own. Prints programs, commands and findings; a finding
// is written to reports/counterexamples, where `ouro verify --replay` takes it, and the exit code
// is 1.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  counterexampleFiles,
  printVerdict,
  type Report,
  type ScopePart,
  SMALL_COLLECTIONS,
  SMALL_HEAPS,
  SMALL_PROGRAMS,
} from "@ouro/testkit";
import { createProgressLine } from "./progress-line.ts";
import { allTrials, managerTrials, SMALL_RESERVATION_BYTES, type Trial } from "./prove-trials.ts";
import { oneOfNames, readOptions, refuse, type ScriptUsage } from "./script-options.ts";
import { createStatusLine, durationText } from "./status-line.ts";
import { isCounted, printUnreached } from "./unreached.ts";
import { root } from "./workspace.ts";

/** So small that a round of all compositions takes a minute or two. */
const PROGRAMS_PER_ROUND = 5;
const SCOPES = [
  { scope: "programs", property: SMALL_PROGRAMS },
  { scope: "heaps", property: SMALL_HEAPS },
  { scope: "collections", property: SMALL_COLLECTIONS },
] as const;

const USAGE: ScriptUsage = {
  command: "npm run prove",
  text: `  --minutes N               rounds with new seeds until the time is over
  --seed N                  begins with another seed than 1
  --exhaustive              instead, the small scopes: every case of every preset
  --exhaustive --share N    about one case in N
  --exhaustive --part K/N   the Kth of N parts of every scope, each a run of its own
  --scope NAME              of the small scopes only programs, heaps or collections
  --only TEXT               compositions whose name begins with it
  --unreached               at the end, the pieces of the sources that no program reached`,
};

function numberOf(name: string, text: string | undefined, otherwise: number): number {
  const number = text === undefined ? otherwise : Number(text);
  if (text === undefined || number > 0) return number;
  return refuse(USAGE, `--${name} takes a number above 0, and got ${text}.`);
}

function save(report: Report): void {
  const folder = join(root, "reports/counterexamples");
  mkdirSync(folder, { recursive: true });
  for (const [index, file] of counterexampleFiles(report).entries()) {
    const name = `${report.subject}-${report.seed}-${index}`.replaceAll(/[^a-z0-9.-]+/gi, "-");
    writeFileSync(join(folder, `${name}.json`), `${JSON.stringify(file, undefined, 2)}\n`);
    console.log(`wrote reports/counterexamples/${name}.json`);
  }
}

interface Sum {
  programs: number;
  commands: number;
  findings: number;
  held: number;
  notRun: number;
}

function add(sum: Sum, report: Report): void {
  sum.programs += report.programCount;
  sum.commands += report.commandCount;
  sum.findings += report.failCount;
  sum.held = report.verdicts.filter(({ outcome }) => outcome === "holds").length;
  sum.notRun = report.verdicts.filter(({ outcome }) => outcome === "not run").length;
}

const sums = new Map<string, Sum>();

function tell(name: string, report: Report): void {
  const sum = sums.get(name) ?? { programs: 0, commands: 0, findings: 0, held: 0, notRun: 0 };
  sums.set(name, sum);
  add(sum, report);
  if (report.failCount === 0) return;
  const found = report.verdicts.filter(({ outcome }) => outcome === "fails");
  console.log(`${name}\n${found.map(printVerdict).join("\n")}`);
  save(report);
}

function printSums(): Sum {
  const columns = ["programs", "commands", "findings", "held", "notRun"] as const;
  const line = (name: string, cells: readonly (string | number)[]): void =>
    console.log(name.padEnd(34) + cells.map((cell) => String(cell).padStart(11)).join(""));
  line("composition", columns);
  const total: Sum = { programs: 0, commands: 0, findings: 0, held: 0, notRun: 0 };
  for (const [name, sum] of sums) {
    line(
      name,
      columns.map((key) => sum[key]),
    );
    for (const key of columns) total[key] += sum[key];
  }
  line(
    "all",
    columns.map((key) => total[key]),
  );
  return total;
}

const { values } = readOptions(USAGE, {
  options: {
    minutes: { type: "string" },
    seed: { type: "string" },
    exhaustive: { type: "boolean", default: false },
    share: { type: "string" },
    part: { type: "string" },
    scope: { type: "string" },
    only: { type: "string", default: "" },
    unreached: { type: "boolean", default: false },
  },
});
const isWanted = ({ name }: Trial): boolean => name.startsWith(values.only);

/** Nothing that was played proves nothing. */
function wanted(trials: readonly Trial[]): readonly Trial[] {
  const found = trials.filter(isWanted);
  if (found.length > 0) return found;
  const names = trials.map(({ name }) => name).join(", ");
  return refuse(USAGE, `no composition begins with "${values.only}". There are: ${names}.`);
}

const firstSeed = numberOf("seed", values.seed, 1);

function partOf(text: string | undefined): ScopePart | undefined {
  if (text === undefined) return undefined;
  const [, number, count] = /^([1-9]\d*)\/([1-9]\d*)$/.exec(text) ?? [];
  if (number !== undefined && Number(number) <= Number(count)) {
    return { index: Number(number) - 1, count: Number(count) };
  }
  return refuse(USAGE, `--part takes one of so many, as 3/8, and got ${text}.`);
}

/** Checks change nothing of what a strategy does: the fast mode stands for both. */
function runExhaustively(scopeStride: number, scopePart: ScopePart | undefined): string {
  const names = SCOPES.map(({ scope }) => scope);
  const wantedScope = values.scope && oneOfNames(USAGE, "scope", values.scope, names);
  const progress = createProgressLine(process.stderr);
  for (const { name, run } of wanted(managerTrials(SMALL_RESERVATION_BYTES))) {
    if (name.endsWith("checked") && !values.only.includes("checked")) continue;
    for (const { scope, property } of SCOPES) {
      if (wantedScope !== undefined && scope !== wantedScope) continue;
      progress.begin(`${name}, ${scope}`);
      const report = run({
        properties: [property],
        ...{ scopeStride, seed: firstSeed, onScopeProgress: progress.tell },
        ...(scopePart === undefined ? {} : { scopePart }),
      });
      progress.end();
      tell(name, report);
      console.log(`${name}: ${report.verdicts.map(printVerdict).join()}`);
    }
  }
  const part = scopePart === undefined ? "" : ` of part ${values.part}`;
  return scopeStride === 1 ? `Every case${part}.` : `About one case in ${scopeStride}${part}.`;
}

function runRounds(minutes: number): string {
  const end = Date.now() + minutes * 60_000;
  const trials = wanted(allTrials());
  const status = createStatusLine(process.stderr);
  let seed = firstSeed - 1;
  do {
    seed++;
    for (const [index, { name, runApart }] of trials.entries()) {
      if (seed > firstSeed && Date.now() >= end) break;
      const where = `round ${seed - firstSeed + 1}, ${index + 1} of ${trials.length}, ${name}`;
      const onVerdict = () =>
        status.tell(() => `${where}: ${findingCount()} findings, ${leftText(end)}`);
      const report = runApart({ programCount: PROGRAMS_PER_ROUND, seed, onVerdict });
      status.clear();
      tell(name, report);
    }
  } while (Date.now() < end);
  return `${seed - firstSeed + 1} rounds, seeds ${firstSeed} to ${seed}.`;
}

const findingCount = (): number =>
  [...sums.values()].reduce((count, { findings }) => count + findings, 0);

function leftText(end: number): string {
  const milliseconds = end - Date.now();
  return milliseconds > 0 ? `${durationText(milliseconds)} left` : "the last round";
}

if (values.unreached && !isCounted()) process.exit(printUnreached());
const done = values.exhaustive
  ? runExhaustively(numberOf("share", values.share, 1), partOf(values.part))
  : runRounds(numberOf("minutes", values.minutes, 0));
const { findings } = printSums();
console.log(`${done} ${findings} findings.`);
if (findings > 0) process.exitCode = 1;
