// `ouro why FILE ['#NUMBER']`: why an object is alive.

import { UsageError } from "@ouro/interfaces";
import type { CommandLine } from "./arguments.js";
import { EXIT_OK } from "./exit-code.js";
import { heapAfterSteps } from "./heap-after-steps.js";
import { exportHeap } from "./heap-export.js";
import { lookOf } from "./look.js";
import { fileOperands } from "./operands.js";
import { createProgress } from "./progress.js";
import { createWork } from "./replay-work.js";
import type { Terminal } from "./terminal.js";
import { findWhy, type WhyQuestion } from "./why-finding.js";
import { whyDocument, whyLines } from "./why-report.js";

const NUMBER = /^#?(\d{1,10})$/;

export async function runWhy(line: CommandLine, terminal: Terminal): Promise<number> {
  const question = questionOf(line);
  const [file] = fileOperands(line, 1, line.operands.slice(0, 1));
  const progress = await createProgress(terminal, line);
  try {
    const work = createWork(terminal, progress);
    const heap = await heapAfterSteps(file as string, line, terminal, work);
    const finding = await findWhy(heap, question, work);
    progress.end();
    const look = lookOf(terminal.stdout, terminal.env, line);
    const text = line.isJson
      ? JSON.stringify(whyDocument(heap, finding), undefined, 2)
      : whyLines(heap, finding, look).join("\n");
    terminal.stdout.write(`${text}\n`);
    await exportHeap(line, heap, terminal);
    return EXIT_OK;
  } finally {
    progress.end();
  }
}

/** Which object: at most one of a number, a type, and the largest. */
function questionOf({ operands, typeName, isLargest }: CommandLine): WhyQuestion {
  const [, number, tooMany] = operands;
  const given = [number, typeName, isLargest ? "--largest" : undefined].filter((each) => each);
  const wrong = tooMany ?? (given.length > 1 ? given[1] : undefined);
  if (wrong !== undefined) {
    throw new UsageError({
      where: "ouro why",
      argument: wrong,
      problem: "is one question too many",
      remedy: "Ask about one object: '#NUMBER', --type NAME or --largest.",
    });
  }
  if (number === undefined) return { number: undefined, typeName };
  const digits = NUMBER.exec(number)?.[1];
  if (digits !== undefined) return { number: Number(digits), typeName: undefined };
  throw new UsageError({
    where: "ouro why",
    argument: number,
    problem: "is not the number of an object",
    remedy: "Write for example '#7712', in quotes for the shell.",
  });
}
