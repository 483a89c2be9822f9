// `ouro verify FILE`: proves or refutes what a module exports, with the suites of the testkit.
//
//   my-strategy.js ─► strategy | allocator | heap | detector | manager ─► its suite ─► report
//   counterexample.json (--replay) ─► the same, one program alone

import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { UsageError } from "@ouro/interfaces";
import {
  type Counterexample,
  type CounterexampleFile,
  counterexampleFiles,
  parseCounterexample,
  printReport,
  printVerdict,
  type Report,
} from "@ouro/testkit";
import type { CommandLine } from "./arguments.js";
import { EXIT_ANSWER_NO, EXIT_OK } from "./exit-code.js";
import type { Terminal } from "./terminal.js";
import { loadTrial, type Trial } from "./verify-trial.js";

export async function runVerify(line: CommandLine, terminal: Terminal): Promise<number> {
  const [file, tooMany] = line.operands;
  if (file === undefined || tooMany !== undefined) {
    throw new UsageError({
      where: "ouro verify",
      argument: file === undefined ? "FILE" : `"${tooMany}"`,
      problem: file === undefined ? "is missing" : "is one operand too many",
      remedy: "Name one module that exports a strategy: ouro verify ./my-strategy.js",
    });
  }
  const trial = await loadTrial(file, terminal);
  if (line.replayPath !== undefined) return replay(trial, line, line.replayPath, terminal);
  const report = trial.run({
    ...(line.programCount === undefined ? {} : { programCount: line.programCount }),
    ...(line.seed === undefined ? {} : { seed: line.seed }),
  });
  const saved = line.savePath === undefined ? [] : await save(report, line.savePath);
  terminal.stdout.write(line.isJson ? documentOf(report) : `${textOf(report, saved)}\n`);
  return report.failCount === 0 ? EXIT_OK : EXIT_ANSWER_NO;
}

function textOf(report: Report, saved: readonly string[]): string {
  return [printReport(report), ...saved.map((path) => `wrote ${path}`)].join("\n");
}

function documentOf(report: Report): string {
  return `${JSON.stringify({ schema: "ouro/verify@1", report }, undefined, 2)}\n`;
}

/** Each counterexample as a file to replay, with its picture beside it; the paths written. */
async function save(report: Report, folder: string): Promise<string[]> {
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
  const found = trial.replay(file);
  terminal.stdout.write(line.isJson ? replayDocument(file, found) : `${replayText(file, found)}\n`);
  return found === undefined ? EXIT_OK : EXIT_ANSWER_NO;
}

function replayText({ property, reason }: CounterexampleFile, found?: Counterexample): string {
  if (found === undefined) return `holds: ${property}\n  It failed before: ${reason}`;
  const played = { programCount: 1, commandCount: 0, source: undefined };
  return printVerdict({ property, outcome: "fails", ...played, counterexample: found });
}

function replayDocument(file: CounterexampleFile, found: Counterexample | undefined): string {
  const outcome = found === undefined ? "holds" : "fails";
  const document = { schema: "ouro/verify-replay@1", outcome, file, counterexample: found };
  return `${JSON.stringify(document, undefined, 2)}\n`;
}
