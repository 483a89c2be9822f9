// `ouro leaks INPUT...`: growth by type over collections, or over several heaps, and what keeps it
// alive.

import { UsageError } from "@ouro/interfaces";
import type { CommandLine } from "./arguments.js";
import { createCensusSeries } from "./census-series.js";
import { EXIT_INTERRUPTED } from "./exit-code.js";
import { checkFailOn, failOnCode } from "./fail-on.js";
import { formatBytes, formatNoun } from "./format.js";
import { type InspectedHeap, inspectHeap, isHeapImage } from "./inspected-heap.js";
import { heapOfProgram } from "./inspected-program.js";
import {
  countedObjects,
  findLeaks,
  isStopped,
  type LeaksFinding,
  watchHeap,
  watchProgram,
} from "./leaks-finding.js";
import { type LeaksOptions, leaksDocument, leaksLines } from "./leaks-report.js";
import { lookOf } from "./look.js";
import { fileOperands } from "./operands.js";
import { placeHeap } from "./placed-heap.js";
import { presetNamed } from "./preset-choice.js";
import { chooseProgram } from "./program-choice.js";
import { createProgress } from "./progress.js";
import { kindOf } from "./recording.js";
import { createWork, finishing, type Work } from "./replay-work.js";
import type { Terminal } from "./terminal.js";

const DEFAULT_SURVIVED = 2;
/** Types that a sentence names. */
const NAMED = 3;

export async function runLeaks(line: CommandLine, terminal: Terminal): Promise<number> {
  presetNamed(line.preset);
  checkFailOn(line, "leaks");
  const isSeries = line.operands.length > 1;
  if (!isSeries) fileOperands(line, 1, line.operands);
  if (isSeries && line.survivedCount !== undefined) refuseSurvived();
  const progress = await createProgress(terminal, line);
  try {
    const work = createWork(terminal, progress);
    const finding = isSeries
      ? await overHeaps(line, terminal, work)
      : await overCollections(line, terminal, work);
    progress.end();
    const options: LeaksOptions = {
      rowCount: line.rowCount,
      unit: isSeries ? "heap" : "collection",
    };
    const look = lookOf(terminal.stdout, terminal.env, line);
    const text = line.isJson
      ? JSON.stringify(leaksDocument(finding, options, line.preset), undefined, 2)
      : leaksLines(finding, options, look).join("\n");
    terminal.stdout.write(`${text}\n`);
    if (finding.isPartial) return EXIT_INTERRUPTED;
    return failOnCode(line, terminal, foundIn(finding));
  } finally {
    progress.end();
  }
}

function foundIn({ types }: LeaksFinding): string | undefined {
  const grown = types.filter(({ grows }) => grows);
  if (grown.length === 0) return undefined;
  const bytes = grown.reduce((sum, { growthBytes }) => sum + growthBytes, 0);
  const names = grown.slice(0, NAMED).map(({ typeName }) => typeName);
  if (grown.length > NAMED) names.push("...");
  const many = `${formatNoun(grown.length, "type")} grow${grown.length === 1 ? "s" : ""}`;
  return `${many} by ${formatBytes(bytes)} (${names.join(", ")})`;
}

function refuseSurvived(): never {
  throw new UsageError({
    where: "ouro leaks",
    argument: "--survived",
    problem: "means nothing for several heaps, which know no collections",
    remedy: "Leave it out, or name one program or one heap with a plan.",
  });
}

async function overCollections(
  line: CommandLine,
  terminal: Terminal,
  work: Work,
): Promise<LeaksFinding> {
  const [file] = line.operands as [string];
  const survived = line.survivedCount ?? DEFAULT_SURVIVED;
  const bytes = await terminal.readBytes(file);
  if (!isHeapImage(bytes) && kindOf(file, bytes) === "mutator-programs") {
    const recording = { file, kind: "mutator-programs" as const, bytes };
    const program = await chooseProgram(recording, line.program, "leaks", work);
    const series = watchProgram(program, line.preset, survived);
    const heap = heapOfProgram(file, program, line.preset);
    return findLeaks(heap, series, survived, line.rowCount, work);
  }
  const heap = await inspectHeap(file, line, terminal, work);
  const series = await watchHeap(heap, line.preset, survived, work);
  const rest = series.isPartial ? finishing(work) : work;
  const placed = await placeHeap(heap, line.preset, series.stepCount, rest);
  return findLeaks(placed.heap, series, survived, line.rowCount, work);
}

/** Each heap is a census of all its objects. */
async function overHeaps(line: CommandLine, terminal: Terminal, work: Work): Promise<LeaksFinding> {
  const series = createCensusSeries(1);
  let last: InspectedHeap | undefined;
  let isPartial = false;
  for (const file of line.operands) {
    isPartial = await isStopped(work, series, 1);
    if (isPartial) break;
    last = await inspectHeap(file, line, terminal, work);
    series.take(countedObjects(last));
  }
  const censuses = { types: series, sites: undefined, isPartial };
  return findLeaks(last as InspectedHeap, censuses, 1, line.rowCount, work);
}
