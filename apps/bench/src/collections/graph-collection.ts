// Heaps recorded of CPython: restored, then fully collected; then every reference is dropped that
// the recorded plan drops, and what that made garbage is collected.

import {
  type HeapImage,
  IMAGE_IMMORTAL,
  type Reference,
  type Slot,
  type TypeId,
} from "@ouro/interfaces";
import { createMemoryManager, type MemoryManager, type PresetName } from "@ouro/memory-manager";
import { type HeapGraph, heapImageOfGraph } from "@ouro/trace";
import type { CollectionSample, CollectionWorkload, Measure } from "./collection.js";
import { type Elapsed, expectEqual, inUnits, timeRun } from "./stopwatch.js";

const NS_PER_MS = 1e6;
/** Small graphs take more of them than a million objects until all of the code is compiled. */
const REPEATS_TO_WARM_UP = 8;

/** What closing a generator does to what it holds. */
function emptySlots({ mutator, types }: MemoryManager, slot: Slot): void {
  const object = mutator.root(slot) as Reference;
  const { visitedSlotCount, variablePart } = types.descriptor(mutator.typeOf(object));
  const first = variablePart === "none" ? 0 : 1;
  const repeated = variablePart === "visited" ? mutator.lengthOf(object) : 0;
  const end = first + visitedSlotCount + repeated;
  for (let field = first; field < end; field++) mutator.set(object, field, 0);
}

function createManager(preset: string) {
  return createMemoryManager(preset as PresetName, {
    reservationBytes: 2 ** 29,
    typeLimitCount: 4096,
    frameSlotLimitCount: 2 ** 17,
  });
}

/**
 * Without finalizers where the strategy has none. No object is immortal, for each repeat has to
 * empty the heap: what CPython does not count is counted here.
 */
function imageFor({ finalization }: MemoryManager, image: HeapImage): HeapImage {
  const states = image.states.map((state) => state & ~IMAGE_IMMORTAL);
  if (finalization !== undefined) return { ...image, states };
  return { ...image, states, types: image.types.map((type) => ({ ...type, finalizer: false })) };
}

/**
 * One graph in one memory manager, restored anew for each repeat into the emptied heap: what runs
 * is the code that the repeats before have warmed.
 */
export function measureGraph(
  preset: string,
  { repeatCount }: CollectionWorkload,
  graph: HeapGraph,
): CollectionSample {
  const { image: recordedImage, frameStarts, closingTypes } = heapImageOfGraph(graph);
  const manager = createManager(preset);
  const { mutator, roots, types, finalization } = manager;
  const image = imageFor(manager, recordedImage);

  function dropCuts(): void {
    const cutCounts = new Int32Array(graph.objectCount);
    for (const { cut } of graph.steps) {
      for (const object of cut) {
        const index = (frameStarts[object] as number) + (cutCounts[object] as number);
        cutCounts[object] = (cutCounts[object] as number) + 1;
        mutator.setRoot((roots.framesStart + index) as Slot, 0);
      }
    }
  }

  const wanted = { recorded: -1, cut: -1 };
  /** The same objects are garbage in each repeat; as recorded, it may be none. */
  function expectReclaimed(which: keyof typeof wanted, count: number): void {
    if (which === "cut" && count === 0) throw new Error(`${graph.name}: nothing was collected`);
    if (wanted[which] < 0) wanted[which] = count;
    expectEqual("objects reclaimed", count, wanted[which]);
  }

  const recorded: Elapsed[] = [];
  const cut: Elapsed[] = [];
  for (let repeat = 0; repeat < repeatCount; repeat++) {
    manager.restoreHeap(image);
    for (const name of repeat === 0 && finalization !== undefined ? closingTypes : []) {
      finalization?.setFinalizer(types.find(name) as TypeId, (slot) => emptySlots(manager, slot));
    }
    recorded.push(timeRun(() => expectReclaimed("recorded", mutator.collect().reclaimedCount)));
    dropCuts();
    cut.push(timeRun(() => expectReclaimed("cut", mutator.collect().reclaimedCount)));
    mutator.leave(roots.framesStart as Slot);
    mutator.collect();
  }
  const warm = Math.min(REPEATS_TO_WARM_UP, repeatCount - 1);
  const measures: Record<string, Measure> = {
    [`${graph.name}, first, cold`]: inUnits(recorded.slice(0, 1), NS_PER_MS),
    [`${graph.name}, as recorded`]: inUnits(recorded.slice(warm), NS_PER_MS),
    [`${graph.name}, all cuts made`]: inUnits(cut.slice(warm), NS_PER_MS),
  };
  return { measures, checksum: Object.keys(measures).length };
}
