// `ouro verify MODULE`: proves or refutes what a module exports, with the suites of the testkit.
//
//   my-strategy.js ─► strategy | allocator | heap | detector | manager ─► its suite ─► report
//   counterexample.json (--replay) ─► the same, one program alone

import { mkdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { UsageError } from "@ouro/interfaces";
import {
  type CounterexampleFile,
  counterexampleFiles,
  parseCounterexample,
  printReport,
  printVerdict,
  type Report,
  type Verdict,
} from "@ouro/testkit";
import type { CommandLine } from "./arguments.js";
import { EXIT_ANSWER_NO, EXIT_INPUT, EXIT_INTERRUPTED, EXIT_OK } from "./exit-code.js";
import { wrapText } from "./format.js";
import { type Look, lookOf } from "./look.js";
import { createProgress } from "./progress.js";
import { createWork } from "./replay-work.js";
import { didYouMean } from "./suggestion.js";
import { FileNotWritableError, type Terminal } from "./terminal.js";
import { runTrial, type TrialResult } from "./verify-run.js";
import { loadTrial, type Trial } from "./verify-trial.js";

export async function runVerify(line: CommandLine, terminal: Terminal): Promise<number> {
  const [file, tooMany] = line.operands;
  if (file === undefined || tooMany !== undefined) {
    throw new UsageError({
      where: "ouro verify",
      argument: file === undefined ? "MODULE" : `"${tooMany}"`,
      problem: file === undefined ? "is missing" : "is one operand too many",
      remedy: "Name one module that exports a strategy: ouro verify ./my-strategy.js",
    });
  }
  const folder = terminal.env.INIT_CWD;
  const trial = await loadTrial(file, folder);
  if (line.replayPath !== undefined) return replay(trial, line, line.replayPath, terminal);
  const options = {
    ...(line.propertyText === undefined ? {} : { properties: named(trial, line.propertyText) }),
    ...(line.programCount === undefined ? {} : { programCount: line.programCount }),
    ...(line.seed === undefined ? {} : { seed: line.seed }),
  };
  if (line.savePath !== undefined) await checkFolder(line.savePath);
  const progress = await createProgress(terminal, line);
  let result: TrialResult;
  try {
    result = await runTrial(trial, { file, folder, options }, createWork(terminal, progress));
  } finally {
    progress.end();
  }
  let saved: readonly string[] = [];
  try {
    if (line.savePath !== undefined) saved = await save(result.report, line.savePath);
  } finally {
    // What was found is told also where it cannot be kept.
    print(result, saved, line, terminal);
  }
  if (result.isPartial) {
    terminal.stderr.write("ouro: interrupted; these are the verdicts so far.\n");
    return EXIT_INTERRUPTED;
  }
  return result.report.failCount === 0 ? EXIT_OK : EXIT_ANSWER_NO;
}

/** Properties whose names contain a text. */
function named({ suiteName, propertyNames }: Trial, text: string): readonly string[] {
  const found = propertyNames.filter((name) => name.includes(text));
  if (found.length > 0) return found;
  const proposal = didYouMean(text, propertyNames, `There are: ${propertyNames.join("; ")}.`);
  throw new UsageError({
    where: "ouro verify",
    argument: `--property "${text}"`,
    problem: `is part of no name of the ${propertyNames.length} properties of ${suiteName}`,
    remedy: proposal,
  });
}

function print(
  { report, isPartial }: TrialResult,
  saved: readonly string[],
  line: CommandLine,
  terminal: Terminal,
): void {
  if (line.isJson) {
    const document = { schema: "ouro/verify@1", partial: isPartial, report };
    terminal.stdout.write(`${JSON.stringify(document, undefined, 2)}\n`);
    return;
  }
  const look = lookOf(terminal.stdout, terminal.env, line);
  const lines = [
    ...verdictLines(printReport(report), look),
    ...saved.map((path) => `wrote ${path}`),
  ];
  terminal.stdout.write(`${lines.join("\n")}\n`);
}

/** What stands at the margin is wrapped; scripts and drawings are left as they are. */
function verdictLines(text: string, { width, paint }: Look): string[] {
  return text.split("\n").flatMap((line) => {
    if (line.startsWith(" ")) return [line];
    const [first = "", ...rest] = wrapText(line, width - 2);
    const outcome = /^(holds|fails|not run):/.exec(first)?.[0] ?? "";
    const colour = { "holds:": paint.green, "fails:": paint.red }[outcome] ?? paint.dim;
    const head = outcome === "" ? first : colour(outcome) + first.slice(outcome.length);
    return [head, ...rest.map((part) => `  ${part}`)];
  });
}

/** Before a run that can take long. Throws `FileNotWritableError` for what is no folder. */
async function checkFolder(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (found !== undefined && !found.isDirectory()) throw new FileNotWritableError(path, "ENOTDIR");
}

/**
 * Each counterexample as a file to replay, with its picture beside it; the paths written. Throws
 * `FileNotWritableError`.
 */
async function save(report: Report, folder: string): Promise<string[]> {
  try {
    return await saveAll(report, folder);
  } catch (error) {
    throw new FileNotWritableError(folder, (error as NodeJS.ErrnoException).code ?? String(error));
  }
}

async function saveAll(report: Report, folder: string): Promise<string[]> {
  const found = report.verdicts.flatMap(({ counterexample }) => counterexample ?? []);
  if (found.length > 0) await mkdir(folder, { recursive: true });
  const paths: string[] = [];
  for (const [index, file] of counterexampleFiles(report).entries()) {
    const base = join(folder, `${slugOf(report.subject)}-${slugOf(file.property)}`);
    await writeFile(`${base}.json`, `${JSON.stringify(file, undefined, 2)}\n`);
    paths.push(`${base}.json`);
    const svg = found[index]?.drawing?.svg;
    if (svg === undefined) continue;
    await writeFile(`${base}.svg`, svg);
    paths.push(`${base}.svg`);
  }
  return paths;
}

function slugOf(text: string): string {
  return text.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");
}

async function replay(
  trial: Trial,
  line: CommandLine,
  path: string,
  terminal: Terminal,
): Promise<number> {
  const text = new TextDecoder().decode(await terminal.readBytes(path));
  const file = parseCounterexample(text, path);
  const found = trial.replay(file, path);
  const look = lookOf(terminal.stdout, terminal.env, line);
  const lines = verdictLines(replayText(file, found), look);
  terminal.stdout.write(line.isJson ? replayDocument(file, found) : `${lines.join("\n")}\n`);
  return EXIT_OF_REPLAY[found.outcome];
}

/** What is not promised was not asked: the file says nothing of this module. */
const EXIT_OF_REPLAY: Readonly<Record<Verdict["outcome"], number>> = {
  holds: EXIT_OK,
  fails: EXIT_ANSWER_NO,
  "not run": EXIT_INPUT,
};

function replayText({ reason }: CounterexampleFile, verdict: Verdict): string {
  const text = printVerdict(verdict);
  return verdict.outcome === "fails" ? text : `${text}\n  It failed before: ${reason}`;
}

function replayDocument(file: CounterexampleFile, verdict: Verdict): string {
  const { outcome, why, counterexample } = verdict;
  const document = { schema: "ouro/verify-replay@1", outcome, why, file, counterexample };
  return `${JSON.stringify(document, undefined, 2)}\n`;
}
