// What the collector promises about the heap that it borrows from: that there is always room for
// the copies, and that whoever lies in the way is gone around.

import { createPrivateHeap } from "@ouro/heap";
import {
  ARENA_SIZE_BYTES,
  ARENA_SIZE_WORDS,
  isOuroError,
  type PrivateHeap,
  slotAt,
  TYPE_WORD_OFFSET,
} from "@ouro/interfaces";
import { composeMemoryManager } from "@ouro/memory-manager";
import fc from "fast-check";
import type { Parts } from "./program.js";

export { NEIGHBOURS, ROOM, TOUCHED } from "./property-names.js";

const KEPT_COUNT = 6;

function expectThat(fact: boolean, problem: string): void {
  if (!fact) throw new Error(problem);
}

/** A manager of raw arrays in a heap of so many arenas, of which others hold some. */
function makeManager(
  parts: Parts,
  arenaCount: number,
  taken: readonly number[],
  factor: number,
  backing: "fixed" | "resizable" = "fixed",
) {
  const heap = createPrivateHeap({
    backing,
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

const roomWords = fc.oneof(
  fc.nat({ max: 2 * ARENA_SIZE_WORDS }),
  fc.nat({ max: 8 * ARENA_SIZE_WORDS }),
);

/** After every allocation, served or refused, a collection must find room. */
export function roomProperty(parts: Parts): fc.IProperty<unknown> {
  return fc.property(
    fc.integer({ min: 4, max: 24 }),
    fc.array(fc.nat({ max: 23 }), { maxLength: 4 }),
    fc.constantFrom(1.25, 2, 4),
    fc.oneof(fc.integer({ min: 2, max: 24 }), fc.constant(24)),
    fc.array(fc.tuple(roomWords, fc.nat({ max: KEPT_COUNT - 1 })), {
      minLength: 1,
      maxLength: 40,
      size: "max",
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
  const { heap, manager, type, frame } = makeManager(parts, 40, [2, 10, 17], 1.25, "resizable");
  heap.setLimitBytes(22 * ARENA_SIZE_BYTES);
  const { mutator } = manager;
  mutator.allocateArray(type, small, frame);
  mutator.allocateArray(type, Math.floor(5.2 * ARENA_SIZE_WORDS), slotAt(frame, 1));
  mutator.setRoot(slotAt(frame, 1), 0);
  mutator.allocateArray(type, Math.floor(7.2 * ARENA_SIZE_WORDS), slotAt(frame, 1));
  manager.validate();
}

/** Four of them fill an arena, so that each arena in which some lay shows a type word. */
const QUARTER_WORDS = ARENA_SIZE_WORDS / 4;

/**
 * What grows touches no more than what lives, or what was copied last and its copies; what does
 * not grow goes back and forth between places.
 */
export function touchedProperty(parts: Parts): fc.IProperty<unknown> {
  return fc.property(fc.integer({ min: 13, max: 40 }), (count) => {
    const { heap, manager, type } = makeManager(parts, 96, [], 2);
    const { mutator, collector } = manager;
    const frame = mutator.enter(count);
    let copiedArenas = 0;
    for (let index = 0; index < count; index++) {
      const { collectionCount } = collector.statistics();
      mutator.allocateArray(type, QUARTER_WORDS - 4, slotAt(frame, index));
      if (collector.statistics().collectionCount > collectionCount) {
        copiedArenas = Math.ceil(index / 4);
      }
      const most = Math.max(Math.ceil((index + 1) / 4), 2 * copiedArenas);
      const touched = touchedArenaCount(heap);
      expectThat(touched <= most, `${touched} arenas are touched, where ${most} do`);
    }
    const most = 2 * heap.statistics().lentArenaCount;
    for (let index = 1; index < count; index++) mutator.setRoot(slotAt(frame, index), 0);
    for (let round = 0; round < 400; round++) {
      mutator.allocateArray(type, QUARTER_WORDS - 4, slotAt(frame, 1));
    }
    const after = touchedArenaCount(heap);
    expectThat(after <= most, `garbage touched ${after} arenas, two spaces have ${most}`);
    manager.validate();
  }) as fc.IProperty<unknown>;
}

function touchedArenaCount(heap: PrivateHeap): number {
  const { words, firstArenaIndex, arenaCount } = heap;
  let count = 0;
  for (let index = firstArenaIndex; index < arenaCount; index++) {
    const quarters = [0, 1, 2, 3].map((n) => index * ARENA_SIZE_WORDS + n * QUARTER_WORDS);
    if (quarters.some((word) => words[word + TYPE_WORD_OFFSET] !== 0)) count++;
  }
  return count;
}
