// The heap that a command looks at: of a file as it is, or after some steps of a graph's plan or of
// a program.

import type { CommandLine } from "./arguments.js";
import { type InspectedHeap, inspectHeap } from "./inspected-heap.js";
import { placeHeap } from "./placed-heap.js";
import type { Work } from "./replay-work.js";
import type { Terminal } from "./terminal.js";

/** Throws what `inspectHeap` and `placeHeap` throw. */
export async function heapAfterSteps(
  file: string,
  line: CommandLine,
  terminal: Terminal,
  work: Work,
): Promise<InspectedHeap> {
  const heap = await inspectHeap(file, line, terminal, work);
  if (line.stepCount === undefined || heap.kind === "mutator-program") return heap;
  return (await placeHeap(heap, line.preset, line.stepCount, work)).heap;
}
