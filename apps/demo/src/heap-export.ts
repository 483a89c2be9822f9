// Writes a heap for DevTools and memlab, where the command line asks for it.

import { writeV8HeapSnapshot } from "@ouro/monitor";
import type { CommandLine } from "./arguments.js";
import type { InspectedHeap } from "./inspected-heap.js";
import type { Terminal } from "./terminal.js";

/** Throws `FileNotWritableError`, and `LimitReachedError` for an object of 4 GiB or more. */
export async function exportHeap(
  { heapSnapshotPath }: CommandLine,
  { snapshot, numberOf, file, kind }: InspectedHeap,
  terminal: Terminal,
): Promise<void> {
  if (heapSnapshotPath === undefined) return;
  const pieces = writeV8HeapSnapshot(snapshot, { serialOf: numberOf, facts: { file, kind } });
  await terminal.writeFile(heapSnapshotPath, pieces);
  terminal.stderr.write(`ouro: wrote ${heapSnapshotPath}, for the Memory panel of DevTools.\n`);
}
