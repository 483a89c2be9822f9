// `ouro explain PROGRAM`: tells each decision of the memory manager while a program runs.

import { InputFormatError } from "@ouro/interfaces";
import type { CommandLine } from "./arguments.js";
import { EXIT_ANSWER_NO, EXIT_OK } from "./exit-code.js";
import { explanationDocument, explanationLines } from "./explain-report.js";
import { canStep, stepThrough } from "./explain-session.js";
import { type Explanation, explainProgram } from "./explained-program.js";
import { isHeapImage } from "./inspected-heap.js";
import { lookOf } from "./look.js";
import { fileOperands } from "./operands.js";
import { textPicture } from "./picture.js";
import { chooseProgram } from "./program-choice.js";
import { createProgress } from "./progress.js";
import { kindOf } from "./recording.js";
import { createWork } from "./replay-work.js";
import type { Terminal } from "./terminal.js";

export async function runExplain(line: CommandLine, terminal: Terminal): Promise<number> {
  const [file] = fileOperands(line, 1, line.operands) as [string];
  const progress = await createProgress(terminal, line);
  try {
    const work = createWork(terminal, progress);
    const bytes = await terminal.readBytes(file);
    if (isHeapImage(bytes)) refuseKind(file, "a heap image");
    const recording = { file, kind: kindOf(file, bytes), bytes };
    if (recording.kind !== "mutator-programs") refuseKind(file, KINDS[recording.kind]);
    const program = await chooseProgram(recording, line.program, "explain", work);
    progress.end();
    if (canStep(terminal) && !line.isPlain && !line.isJson && line.svgPath === undefined) {
      // All of it: the level is the reader's to change.
      const whole = explainProgram(program, line.preset, 3);
      await stepThrough(whole, line.level, terminal, line);
      return whole.differences.length === 0 ? EXIT_OK : EXIT_ANSWER_NO;
    }
    const explanation = explainProgram(program, line.preset, line.level);
    const look = lookOf(terminal.stdout, terminal.env, line);
    const text = line.isJson
      ? JSON.stringify(explanationDocument(explanation, file), undefined, 2)
      : explanationLines(explanation, look).join("\n");
    terminal.stdout.write(`${text}\n`);
    await drawExplanation(line, explanation, terminal);
    return explanation.differences.length === 0 ? EXIT_OK : EXIT_ANSWER_NO;
  } finally {
    progress.end();
  }
}

const KINDS = { "allocation-trace": "an allocation trace", "heap-graph": "a heap graph" };

function refuseKind(file: string, kind: string): never {
  throw new InputFormatError({
    source: file,
    offsetBytes: 0,
    problem: `it is ${kind}, and what is explained is a program`,
    remedy: "Name a file of programs (NAME.jsonl.gz).",
  });
}

/** What is told, with colours and 90 columns wide, whatever the terminal is. */
async function drawExplanation(
  { svgPath }: CommandLine,
  explanation: Explanation,
  terminal: Terminal,
): Promise<void> {
  if (svgPath === undefined) return;
  const output = { ...terminal.stdout, columns: 90, isTTY: true };
  const look = lookOf(output, { FORCE_COLOR: "1", LANG: "C.UTF-8" }, {});
  const title = `ouro explain ${explanation.program.name}`;
  await terminal.writeFile(svgPath, [textPicture(title, explanationLines(explanation, look))]);
  terminal.stderr.write(`ouro: wrote ${svgPath}.\n`);
}
