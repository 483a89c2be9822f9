// A memory manager under measurement: two root slots, a node type, and what must be true when the
// clock stops.

import type { Reference, Slot } from "@ouro/interfaces";
import { createMemoryManager, type MemoryManager, type PresetName } from "@ouro/memory-manager";
import { expectEqual } from "./stopwatch.js";

export const LEFT = 0;
export const RIGHT = 1;

export interface ManagerRig {
  readonly manager: MemoryManager;
  readonly node: ReturnType<MemoryManager["defineType"]>;
  readonly array: ReturnType<MemoryManager["defineType"]>;
  readonly first: Slot;
  readonly second: Slot;
  /** Nobody collects unasked, where the strategy can be told so. */
  setAutomatic(isAutomatic: boolean): void;
  /** Throws unless so many objects are alive, as the allocator counts them. */
  expectLive(count: number): void;
  /** What a slot holds, which is an object. */
  held(slot: Slot): Reference;
}

export function createManagerRig(preset: string): ManagerRig {
  const manager = createMemoryManager(preset as PresetName, { reservationBytes: 2 ** 31 });
  const { mutator, collector } = manager;
  const frame = mutator.enter(2);
  const canHaveWeak = manager.weakReferences !== undefined;
  return {
    manager,
    node: manager.defineType({ name: "node", visitedSlotCount: 2, weaklyReferable: canHaveWeak }),
    array: manager.defineType({ name: "array", variablePart: "visited" }),
    first: frame,
    second: (frame + 1) as Slot,
    setAutomatic: (isAutomatic) => collector.generations?.setEnabled(isAutomatic),
    expectLive(count) {
      expectEqual(`${preset}: live objects`, collector.statistics().liveCount, count);
    },
    held: (slot) => mutator.root(slot) as Reference,
  };
}
