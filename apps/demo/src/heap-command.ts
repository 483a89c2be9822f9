// `ouro heap FILE`: what a heap holds, and where it lies.

import type { CommandLine } from "./arguments.js";
import { EXIT_OK } from "./exit-code.js";
import { exportHeap } from "./heap-export.js";
import { findHeap } from "./heap-finding.js";
import { heapLines, heapReportDocument } from "./heap-report.js";
import { inspectHeap } from "./inspected-heap.js";
import { lookOf } from "./look.js";
import { fileOperands } from "./operands.js";
import { housePicture } from "./picture.js";
import { placeHeap } from "./placed-heap.js";
import { presetNamed } from "./preset-choice.js";
import { createProgress } from "./progress.js";
import { createWork } from "./replay-work.js";
import type { Terminal } from "./terminal.js";

export async function runHeap(line: CommandLine, terminal: Terminal): Promise<number> {
  const [file] = fileOperands(line, 1, line.operands);
  const { preset, rowCount } = line;
  presetNamed(preset);
  const progress = await createProgress(terminal, line);
  try {
    const work = createWork(terminal, progress);
    const read = await inspectHeap(file as string, line, terminal, work);
    // A program has made its steps by now.
    const stepCount = read.kind === "mutator-program" ? 0 : (line.stepCount ?? 0);
    const placed = await placeHeap(read, preset, stepCount, work);
    const finding = await findHeap(placed, work);
    progress.end();
    const options = { preset, stepCount, rowCount };
    const look = lookOf(terminal.stdout, terminal.env, line);
    const text = line.isJson
      ? JSON.stringify(heapReportDocument(finding, options), undefined, 2)
      : heapLines(finding, options, look).join("\n");
    terminal.stdout.write(`${text}\n`);
    await exportHeap(line, placed.heap, terminal);
    if (line.svgPath !== undefined) {
      const title = `${placed.heap.name} on ${preset}`;
      await terminal.writeFile(line.svgPath, [housePicture(title, finding.map)]);
      terminal.stderr.write(`ouro: wrote ${line.svgPath}.\n`);
    }
    return EXIT_OK;
  } finally {
    progress.end();
  }
}
