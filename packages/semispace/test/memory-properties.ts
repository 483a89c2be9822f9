// What the collector promises about the heap that it borrows from: that there is always room for
// the copies, and that whoever lies in the way is gone around.

import { createPrivateHeap } from "@ouro/heap";
import { ARENA_SIZE_BYTES, ARENA_SIZE_WORDS, isOuroError, slotAt } from "@ouro/interfaces";
import { composeMemoryManager } from "@ouro/memory-manager";
import fc from "fast-check";
import type { Parts } from "./program.js";

export { NEIGHBOURS, ROOM } from "./property-names.js";

const KEPT_COUNT = 6;

function expectThat(fact: boolean, problem: string): void {
  if (!fact) throw new Error(problem);
}

/** A manager of raw arrays in a heap of so many arenas, of which others hold some. */
function makeManager(parts: Parts, arenaCount: number, taken: readonly number[], factor: number) {
  const heap = createPrivateHeap({
    reservationBytes: (arenaCount + 2) * ARENA_SIZE_BYTES,
    regionBytes: 2 ** 20,
  });
  const other = heap.registerBorrower("other");
  for (const index of taken) {
    const arena = (heap.firstArenaIndex + index) * ARENA_SIZE_WORDS;
    heap.reserveArenasAt(other, arena as never, 1);
  }
  const strategy = parts.semispaceStrategy({ minimumBytes: 0, growthFactor: factor });
  const manager = composeMemoryManager({ strategy, heap, handleLimitCount: 64 });
  const type = manager.defineType({ name: "raw", variablePart: "raw" });
  return { heap, other, manager, type, frame: manager.mutator.enter(KEPT_COUNT) };
}

/** After every allocation, served or refused, a collection must find room. */
export function roomProperty(parts: Parts): fc.IProperty<unknown> {
  return fc.property(
    fc.integer({ min: 4, max: 24 }),
    fc.array(fc.nat({ max: 23 }), { maxLength: 4 }),
    fc.constantFrom(1.25, 2, 4),
    fc.integer({ min: 2, max: 24 }),
    fc.array(fc.tuple(fc.nat({ max: 2 * ARENA_SIZE_WORDS }), fc.nat({ max: KEPT_COUNT - 1 })), {
      minLength: 1,
      maxLength: 40,
    }),
    (arenaCount, taken, factor, limitArenas, requests) => {
      const { heap, manager, type, frame } = makeManager(parts, arenaCount, taken, factor);
      heap.setLimitBytes(limitArenas * ARENA_SIZE_BYTES);
      const { mutator, collector } = manager;
      for (const [length, index] of requests) {
        try {
          mutator.allocateArray(type, length, slotAt(frame, index));
        } catch (error) {
          if (!isOuroError(error, "out-of-memory")) throw error;
        }
        if ((length & 1) === 0) continue;
        const { liveCount } = collector.statistics();
        const { examinedCount } = mutator.collect();
        expectThat(examinedCount === liveCount, "a collection found no room for the copies");
        manager.validate();
      }
    },
  ) as fc.IProperty<unknown>;
}

/** Somebody else lies right above the space: what does not fit there must be placed elsewhere. */
export function neighbourProperty(parts: Parts): fc.IProperty<unknown> {
  return fc.property(
    fc.integer({ min: 1, max: ARENA_SIZE_WORDS / 2 }),
    fc.integer({ min: ARENA_SIZE_WORDS, max: 4 * ARENA_SIZE_WORDS }),
    (small, large) => {
      // The hole at the bottom holds the first space, and no more.
      const { manager, type, frame, heap } = makeManager(parts, 40, [2], 1.25);
      const { mutator } = manager;
      mutator.allocateArray(type, small, frame);
      mutator.setWord(mutator.root(frame) as never, 1, 42);
      mutator.allocateArray(type, large, slotAt(frame, 1));
      expectThat(mutator.word(mutator.root(frame) as never, 1) === 42, "contents were lost");
      manager.validate();
      heap.validate();
      goAroundAfterRefusal(parts, small % 1000);
    },
  ) as fc.IProperty<unknown>;
}

/**
 * Garbage and request together pass the limit, so that the first collection finds a place for what
 * is in use only; it takes a second one to find a place for the request.
 */
function goAroundAfterRefusal(parts: Parts, small: number): void {
  const { heap, manager, type, frame } = makeManager(parts, 40, [2, 10, 17], 1.25);
  heap.setLimitBytes(22 * ARENA_SIZE_BYTES);
  const { mutator } = manager;
  mutator.allocateArray(type, small, frame);
  mutator.allocateArray(type, Math.floor(5.2 * ARENA_SIZE_WORDS), slotAt(frame, 1));
  mutator.setRoot(slotAt(frame, 1), 0);
  mutator.allocateArray(type, Math.floor(7.2 * ARENA_SIZE_WORDS), slotAt(frame, 1));
  manager.validate();
}
