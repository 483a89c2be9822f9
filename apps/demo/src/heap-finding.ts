// What a heap holds: types by bytes and what they retain, garbage, and where it lies in memory.

import {
  countTypes,
  findDominators,
  findReachable,
  findRetentionPath,
  type TypeCount,
} from "@ouro/monitor";
import { type ArenaMap, takeArenaMap } from "./arena-map.js";
import type { InspectedHeap } from "./inspected-heap.js";
import type { PlacedHeap } from "./placed-heap.js";
import { createStages, type Work } from "./replay-work.js";
import { retainedByType } from "./type-retention.js";

export interface TypeRow extends TypeCount {
  readonly retainedBytes: number;
}

/** A block that keeps an arena from being released, and why its object is alive. */
export interface PinningBlock {
  readonly object: number;
  readonly sizeBytes: number;
  /** Slots and objects from a root to it; undefined: no root reaches it. */
  readonly way: readonly { readonly slotName: string; readonly object: number }[] | undefined;
}

export interface PinnedArena {
  readonly arenaIndex: number;
  readonly usedBytes: number;
  readonly blocks: readonly PinningBlock[];
}

export interface HeapFinding {
  readonly heap: InspectedHeap;
  readonly types: readonly TypeRow[];
  readonly garbageCount: number;
  readonly garbageBytes: number;
  readonly map: ArenaMap["fill"];
  readonly largeCount: number;
  readonly largeArenaCount: number;
  readonly pinned: readonly PinnedArena[];
}

/** Throws `Stopped` when somebody asked to stop. O(objects + references). */
export async function findHeap(placed: PlacedHeap, work: Work): Promise<HeapFinding> {
  const { heap } = placed;
  const { snapshot } = heap;
  const done = createStages(work, "looking", heap.file, 4);
  const reachability = findReachable(snapshot);
  await done();
  const tree = findDominators(snapshot);
  await done();
  const retained = retainedByType(snapshot, tree);
  const types = countTypes(snapshot).map((row) => ({
    ...row,
    retainedBytes: retained.get(row.typeName) ?? 0,
  }));
  const garbage = countTypes(snapshot, (object) => reachability.distances[object] === -1);
  await done();
  const { fill, pins, largeCount, largeArenaCount } = takeArenaMap(placed);
  const pinned = pins.map(({ arenaIndex, usedBytes, objects }) => ({
    arenaIndex,
    usedBytes,
    blocks: objects.map((object) => ({
      object,
      sizeBytes: snapshot.sizesBytes[object] as number,
      way: findRetentionPath(snapshot, reachability, tree, object),
    })),
  }));
  await done();
  return {
    heap,
    types,
    garbageCount: garbage.reduce((sum, { count }) => sum + count, 0),
    garbageBytes: garbage.reduce((sum, { bytes }) => sum + bytes, 0),
    map: fill,
    largeCount,
    largeArenaCount,
    pinned,
  };
}
