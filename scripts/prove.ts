// `npm run prove [-- --minutes N]`: every composition against every property of its suite, in
// rounds with one seed each. Prints programs, commands and findings; a finding is written to
// reports/counterexamples, where `ouro verify --replay` takes it, and the exit code is 1.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createPrivateHeap } from "@ouro/heap";
import { createMemoryManager, PRESET_NAMES } from "@ouro/memory-manager";
import {
  allocatorSuite,
  counterexampleFiles,
  heapSuite,
  memoryManagerSuite,
  printVerdict,
  type Report,
  runSuite,
  type Suite,
  type SuiteOptions,
} from "@ouro/testkit";
import * as allocatorParts from "../packages/allocator/src/index.ts";
import { makeRigs } from "../packages/allocator/test/rigs.ts";
import { root } from "./workspace.ts";

/** One composition and what is asked of it. */
interface Trial {
  readonly name: string;
  run(options: SuiteOptions): Report;
}

/** So small that a round of all compositions takes about a minute. */
const PROGRAMS_PER_ROUND = 5;
const RESERVATION_BYTES = 2 ** 26;

function trial<Maker>(name: string, suite: Suite<Maker>, maker: Maker): Trial {
  return { name, run: (options) => runSuite(suite, maker, options) };
}

function managerTrials(): Trial[] {
  const modes = [
    { mode: "fast", options: {} },
    { mode: "checked", options: { checked: true } },
  ] as const;
  return PRESET_NAMES.flatMap((preset) =>
    modes.map(({ mode, options }) =>
      trial(`${preset}, ${mode}`, memoryManagerSuite, {
        name: `${preset}, ${mode}`,
        make: ({ observer }) =>
          createMemoryManager(preset, {
            ...options,
            observer,
            reservationBytes: RESERVATION_BYTES,
          }),
      }),
    ),
  );
}

function allocatorTrials(): Trial[] {
  return makeRigs(allocatorParts).map((maker) => trial(maker.name, allocatorSuite, maker));
}

function heapTrials(): Trial[] {
  return (["fixed", "shared", "resizable"] as const).map((backing) =>
    trial(`heap, ${backing}`, heapSuite, {
      name: `heap, ${backing}`,
      returnsMemory: backing === "resizable",
      make: (options) => createPrivateHeap({ ...options, backing, reservationBytes: 2 ** 23 }),
    }),
  );
}

function minutesOf(argv: readonly string[]): number {
  const place = argv.indexOf("--minutes");
  if (place < 0) return 0;
  const minutes = Number(argv[place + 1]);
  if (minutes > 0) return minutes;
  console.error("--minutes takes a number above 0: npm run prove -- --minutes 10");
  process.exit(2);
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

const minutes = minutesOf(process.argv.slice(2));
const end = Date.now() + minutes * 60_000;
const trials = [...managerTrials(), ...allocatorTrials(), ...heapTrials()];
const sums = new Map<string, Sum>();
let round = 0;
do {
  round++;
  for (const { name, run } of trials) {
    if (round > 1 && Date.now() >= end) break;
    const report = run({ programCount: PROGRAMS_PER_ROUND, seed: round });
    const sum = sums.get(name) ?? { programs: 0, commands: 0, findings: 0, held: 0, notRun: 0 };
    sums.set(name, sum);
    add(sum, report);
    if (report.failCount === 0) continue;
    const found = report.verdicts.filter(({ outcome }) => outcome === "fails");
    console.log(`${name}\n${found.map(printVerdict).join("\n")}`);
    save(report);
  }
} while (Date.now() < end);

const COLUMNS = ["programs", "commands", "findings", "held", "notRun"] as const;
console.log(`${"composition".padEnd(34)}${COLUMNS.map((name) => name.padStart(10)).join("")}`);
const total: Sum = { programs: 0, commands: 0, findings: 0, held: 0, notRun: 0 };
for (const [name, sum] of sums) {
  console.log(name.padEnd(34) + COLUMNS.map((key) => String(sum[key]).padStart(10)).join(""));
  for (const key of COLUMNS) total[key] += sum[key];
}
console.log("all".padEnd(34) + COLUMNS.map((key) => String(total[key]).padStart(10)).join(""));
console.log(`${round} rounds, seeds 1 to ${round}. ${total.findings} findings.`);
if (total.findings > 0) process.exitCode = 1;
