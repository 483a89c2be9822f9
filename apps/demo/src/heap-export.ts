// Writes a heap where the command line asks for it: itself for DevTools and memlab, and as an image
// for ouro; who keeps how much alive, as a flame graph, for speedscope and pprof.

import { gzipSync } from "node:zlib";
import {
  encodePprof,
  findDominators,
  retentionProfileOf,
  speedscopeOf,
  writeV8HeapSnapshot,
} from "@ouro/monitor";
import { encodeHeapImage } from "@ouro/object-model";
import type { CommandLine } from "./arguments.js";
import type { InspectedHeap } from "./inspected-heap.js";
import type { Terminal } from "./terminal.js";

type Paths = Pick<CommandLine, "heapSnapshotPath" | "imagePath" | "speedscopePath" | "pprofPath">;

/** Throws `FileNotWritableError`, and `LimitReachedError` for an object of 4 GiB or more. */
export async function exportHeap(
  { heapSnapshotPath, imagePath, speedscopePath, pprofPath }: Paths,
  { image, snapshot, numberOf, file, kind, name }: InspectedHeap,
  terminal: Terminal,
): Promise<void> {
  const say = (path: string, what: string) =>
    terminal.stderr.write(`ouro: wrote ${path}, ${what}.\n`);
  if (heapSnapshotPath !== undefined) {
    const pieces = writeV8HeapSnapshot(snapshot, { serialOf: numberOf, facts: { file, kind } });
    await terminal.writeFile(heapSnapshotPath, pieces);
    say(heapSnapshotPath, "for the Memory panel of DevTools");
  }
  if (imagePath !== undefined) {
    await terminal.writeFile(imagePath, [encodeHeapImage(image)]);
    say(imagePath, "a heap image for ouro why, cycles, heap, diff, leaks and compare");
  }
  if (speedscopePath === undefined && pprofPath === undefined) return;
  const profile = retentionProfileOf(snapshot, findDominators(snapshot), name);
  if (speedscopePath !== undefined) {
    await terminal.writeFile(speedscopePath, [`${JSON.stringify(speedscopeOf([profile]))}\n`]);
    say(speedscopePath, "for www.speedscope.app: who keeps how much alive");
  }
  if (pprofPath !== undefined) {
    await terminal.writeFile(pprofPath, [gzipSync(encodePprof(profile))]);
    say(pprofPath, "for pprof: who keeps how much alive");
  }
}
