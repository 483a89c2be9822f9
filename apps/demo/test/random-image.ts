// Random heap images: nodes of one type whose slots refer to each other.

import type { HeapImage } from "@ouro/interfaces";
import { describeType } from "@ouro/object-model";

export interface RandomImageOptions {
  nodeCount?: number;
  slotCount?: number;
  /** Slot 0 of each refers to the next, the others to nothing. */
  ring?: boolean;
}

/** A whole number from 0 to `limit` − 1 at each call; the same ones for the same seed. */
export function createRandom(seed: number): (limit: number) => number {
  let state = seed * 2654435761;
  return (limit) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}

export function randomImage(
  random: (limit: number) => number,
  { nodeCount = 3 + random(12), slotCount = 3, ring = false }: RandomImageOptions = {},
): HeapImage {
  const values = Int32Array.from({ length: nodeCount * slotCount }, (_, index) => {
    const [node, slot] = [Math.floor(index / slotCount), index % slotCount];
    if (ring) return slot === 0 ? ((node + 1) % nodeCount) + 1 : 0;
    return random(2) === 0 ? 0 : random(nodeCount) + 1;
  });
  return {
    version: 1,
    types: [describeType({ name: "node", visitedSlotCount: slotCount })],
    objectTypes: new Int32Array(nodeCount),
    lengths: new Int32Array(nodeCount),
    states: new Uint8Array(nodeCount),
    trackedOrder: new Int32Array(0),
    values,
    rawWords: new Int32Array(0),
    handles: new Int32Array(0),
    frames: Int32Array.of(1),
    weakReferences: new Int32Array(0),
  };
}
