// Heaps recorded of CPython: restored, then fully collected; then every reference is dropped that
// the recorded plan drops, and what that made garbage is collected.

import { readFileSync } from "node:fs";
import { basename } from "node:path";
import type { Reference, Slot, TypeId } from "@ouro/interfaces";
import { createMemoryManager, type MemoryManager, type PresetName } from "@ouro/memory-manager";
import { decodeHeapGraph, type HeapGraph, heapImageOfGraph } from "@ouro/trace";
import type { CollectionSample, CollectionWorkload, Measure } from "./collection.js";
import { type Elapsed, inUnits, timeRun } from "./stopwatch.js";

const NS_PER_MS = 1e6;

/** What closing a generator does to what it holds. */
function emptySlots({ mutator, types }: MemoryManager, slot: Slot): void {
  const object = mutator.root(slot) as Reference;
  const { visitedSlotCount, variablePart } = types.descriptor(mutator.typeOf(object));
  const first = variablePart === "none" ? 0 : 1;
  const repeated = variablePart === "visited" ? mutator.lengthOf(object) : 0;
  const end = first + visitedSlotCount + repeated;
  for (let field = first; field < end; field++) mutator.set(object, field, 0);
}

function restore(preset: string, graph: HeapGraph) {
  const { image, frameStarts, closingTypes } = heapImageOfGraph(graph);
  const manager = createMemoryManager(preset as PresetName, {
    reservationBytes: 2 ** 29,
    typeLimitCount: 4096,
    frameSlotLimitCount: 2 ** 17,
  });
  const { finalization, types } = manager;
  const withoutFinalizers = image.types.map((type) => ({ ...type, finalizer: false }));
  manager.restoreHeap(finalization === undefined ? { ...image, types: withoutFinalizers } : image);
  for (const name of finalization === undefined ? [] : closingTypes) {
    finalization?.setFinalizer(types.find(name) as TypeId, (slot) => emptySlots(manager, slot));
  }
  return { manager, frameStarts };
}

/** Times of one collection as recorded and one after all cuts, and how many objects are left. */
function collectTwice(preset: string, graph: HeapGraph) {
  const { manager, frameStarts } = restore(preset, graph);
  const { mutator, roots, collector } = manager;
  const recorded = timeRun(() => void mutator.collect());
  const cutCounts = new Int32Array(graph.objectCount);
  for (const { cut } of graph.steps) {
    for (const object of cut) {
      const index = (frameStarts[object] as number) + (cutCounts[object] as number);
      cutCounts[object] = (cutCounts[object] as number) + 1;
      mutator.setRoot((roots.framesStart + index) as Slot, 0);
    }
  }
  const cut = timeRun(() => void mutator.collect());
  const { liveCount } = collector.statistics();
  if (liveCount >= graph.objectCount) throw new Error(`${graph.name}: nothing was collected`);
  return { recorded, cut, liveCount };
}

export function measureGraphs(
  preset: string,
  { repeatCount, size }: CollectionWorkload,
  files: readonly string[],
): CollectionSample {
  const measures: Record<string, Measure> = {};
  for (const file of files) {
    const graph = decodeHeapGraph(readFileSync(file), { sourceName: basename(file) });
    if (graph.objectCount > size) continue;
    const recorded: Elapsed[] = [];
    const cut: Elapsed[] = [];
    for (let repeat = 0; repeat < repeatCount; repeat++) {
      const times = collectTwice(preset, graph);
      recorded.push(times.recorded);
      cut.push(times.cut);
    }
    const warm = Math.min(3, repeatCount - 1);
    measures[`${graph.name}, first, cold`] = inUnits(recorded.slice(0, 1), NS_PER_MS);
    measures[`${graph.name}, as recorded`] = inUnits(recorded.slice(warm), NS_PER_MS);
    measures[`${graph.name}, all cuts made`] = inUnits(cut.slice(warm), NS_PER_MS);
  }
  return { measures, checksum: Object.keys(measures).length };
}
