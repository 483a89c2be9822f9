// `ouro explain PROGRAM`: tells each decision of the memory manager while a program runs.

import { UsageError } from "@ouro/interfaces";
import { createProgramReader, type MutatorProgram } from "@ouro/trace";
import type { CommandLine } from "./arguments.js";
import { EXIT_ANSWER_NO, EXIT_OK } from "./exit-code.js";
import { explanationDocument, explanationLines } from "./explain-report.js";
import { explainProgram } from "./explained-program.js";
import { lookOf } from "./look.js";
import { fileOperands } from "./operands.js";
import { createProgress } from "./progress.js";
import { kindOf, piecesOf } from "./recording.js";
import { createWork, type Work } from "./replay-work.js";
import { didYouMean } from "./suggestion.js";
import type { Terminal } from "./terminal.js";

export async function runExplain(line: CommandLine, terminal: Terminal): Promise<number> {
  const [file] = fileOperands(line, 1, line.operands) as [string];
  const progress = await createProgress(terminal, line);
  try {
    const program = await readProgram(file, line.program, terminal, createWork(terminal, progress));
    progress.end();
    const explanation = explainProgram(program, line.preset, line.level);
    const look = lookOf(terminal.stdout, terminal.env, line);
    const text = line.isJson
      ? JSON.stringify(explanationDocument(explanation, file), undefined, 2)
      : explanationLines(explanation, look).join("\n");
    terminal.stdout.write(`${text}\n`);
    return explanation.differences.length === 0 ? EXIT_OK : EXIT_ANSWER_NO;
  } finally {
    progress.end();
  }
}

/** The program with this name, or of this place in the file; without either the first. */
async function readProgram(
  file: string,
  wanted: string | undefined,
  terminal: Terminal,
  work: Work,
): Promise<MutatorProgram> {
  const bytes = await terminal.readBytes(file);
  let found: MutatorProgram | undefined;
  const names: string[] = [];
  const index = /^\d+$/.test(wanted ?? "0") ? Number(wanted ?? 0) : -1;
  const reader = createProgramReader(
    (program) => {
      if (program.name === wanted || names.length === index) found ??= program;
      names.push(program.name);
    },
    { sourceName: file },
  );
  for await (const piece of piecesOf({ file, kind: kindOf(file, bytes), bytes }, work)) {
    reader.push(piece);
  }
  reader.end();
  if (found !== undefined) return found;
  throw new UsageError({
    where: "ouro explain",
    argument: wanted === undefined ? file : `--program ${wanted}`,
    problem: `is no program of ${file}`,
    remedy: didYouMean(
      wanted ?? "",
      names,
      `It has ${names.length}: ${names.slice(0, 5).join(", ")}…`,
    ),
  });
}
