// Finalization over a heap that counts in the plainest way: objects of two slots and weak
// references, a frame of root slots, death by recursion. Nothing but this package decides over an
// end.

import { createPrivateHeap } from "@ouro/heap";
import {
  type Reference,
  ROW_FLAGS,
  type Slot,
  TYPE_MASK,
  TYPE_ROW_SHIFT,
  type TypeId,
} from "@ouro/interfaces";
import { createRootStack, createTypeTable, describeType } from "@ouro/object-model";
import type * as finalization from "../src/index.js";

/** The package's exports: of the sources, or of a copy in which a fault stands. */
export type Parts = typeof finalization;

const FINALIZED = 1 << 16;
const WEAK = 1 << 17;
const SIZE_WORDS = 12;
const ROOT_COUNT = 9;

export function makeFinalizationRig(parts: Parts, frameSlotLimitCount = 64) {
  const heap = createPrivateHeap({ reservationBytes: 1 << 23, regionBytes: 4 << 20 });
  const borrower = heap.registerBorrower("test");
  const arena = heap.reserveArenas(borrower, 1) as number;
  const { words } = heap;
  const types = createTypeTable({ heap, borrower, typeLimitCount: 8 });
  const roots = createRootStack({ heap, borrower, handleLimitCount: 8, frameSlotLimitCount });
  const headsRegion = heap.reserveRegion(borrower, "heads", 1 << 16);
  const node = types.define(
    describeType({ name: "node", visitedSlotCount: 2, finalizer: true, weaklyReferable: true }),
  );
  const plain = types.define(describeType({ name: "plain", visitedSlotCount: 2 }));
  const weakType = types.define(parts.WEAK_REFERENCE_TYPE);
  const frame = words[roots.topWord] as number;
  words[roots.topWord] = frame + ROOT_COUNT;
  const tracked = new Set<number>();
  const live = new Set<number>();
  const ends: number[] = [];
  let fresh = arena + SIZE_WORDS;

  const typeOf = (object: number): TypeId => ((words[object + 1] as number) & TYPE_MASK) as TypeId;

  function increment(object: number): void {
    words[object] = (words[object] as number) + 1;
  }

  function decrement(object: number): boolean {
    if (words[object] === 1) return true;
    words[object] = (words[object] as number) - 1;
    return false;
  }

  function deallocate(object: number): void {
    if (part.death.endByCount(object)) return;
    for (const slot of [2, 3, 4]) {
      const value = words[object + slot] as number;
      words[object + slot] = 0;
      release(value);
    }
    live.delete(object);
    ends.push(object);
    words.fill(0, object, object + SIZE_WORDS);
  }

  function release(value: number): void {
    if (value > 0 && decrement(value)) deallocate(value);
  }

  const part = parts.createFinalization({
    ...{ words, types, roots, increment, decrement, deallocate },
    finalizedMask: FINALIZED,
    weakMask: WEAK,
    weakHeads: headsRegion.start - (arena >> 2),
    lists: {
      track: (object) => void tracked.add(object),
      untrack: (object) => void tracked.delete(object),
    },
  });

  function make(type: TypeId, slot: number): number {
    const object = fresh;
    fresh += SIZE_WORDS;
    words[object] = 1;
    words[object + 1] = type;
    live.add(object);
    tracked.add(object);
    const old = words[frame + slot] as number;
    words[frame + slot] = object;
    release(old);
    return object;
  }

  function write(word: number, value: number): void {
    if (value > 0) increment(value);
    const old = words[word] as number;
    words[word] = value;
    release(old);
  }

  /** While no program code runs, every count is what slots and roots say. */
  function validate(): void {
    const counts = new Map([...live].map((object) => [object, 0]));
    const count = (value: number): void => {
      if (value > 0) counts.set(value, (counts.get(value) ?? 0) + 1);
    };
    for (let word = frame; word < (words[roots.topWord] as number); word++) {
      count(words[word] as number);
    }
    for (const object of live) for (const slot of [2, 3, 4]) count(words[object + slot] as number);
    for (const [object, expected] of counts) {
      if (!live.has(object)) throw new Error(`a slot holds ${object}, which is dead`);
      const found = words[object] as number;
      if (found > 0 && found !== expected) {
        throw new Error(`the count of ${object} is ${found}, and should be ${expected}`);
      }
    }
    part.finalization.validate(
      (visit) => {
        for (const object of [...live].sort((a, b) => a - b)) visit(object as Reference);
      },
      (word) => live.has(word),
    );
  }

  return {
    ...part,
    ...{ words, types, roots, node, plain, weakType, frame, live, tracked, ends },
    ...{ make, release, write, validate, typeOf },
    rootOf: (slot: number): number => words[frame + slot] as number,
    setRoot: (slot: number, value: number) => write(frame + slot, value),
    slot: (index: number): Slot => (frame + index) as Slot,
    set: (object: number, field: number, value: number) => write(object + 2 + field, value),
    flagsOf: (object: number) =>
      words[types.base + (typeOf(object) << TYPE_ROW_SHIFT) + ROW_FLAGS] as number,
  };
}
