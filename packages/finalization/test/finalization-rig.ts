// Finalization over a heap that counts in the plainest way: objects of two slots and weak
// references, a frame of root slots, death by recursion. Nothing but this package decides over an
// end.

import { createPrivateHeap } from "@ouro/heap";
import {
  LENGTH_WORD_OFFSET,
  type Observer,
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

export interface FinalizationRigOptions {
  readonly frameSlotLimitCount?: number;
  readonly observer?: Observer;
  /** Callbacks of weak references are held by an object, as in a memory manager like CPython's. */
  readonly hasHolders?: boolean;
}

export function makeFinalizationRig(parts: Parts, options: FinalizationRigOptions = {}) {
  const { frameSlotLimitCount = 64, observer, hasHolders = false } = options;
  const heap = createPrivateHeap({ reservationBytes: 1 << 23, regionBytes: 4 << 20 });
  const borrower = heap.registerBorrower("test");
  const arena = heap.reserveArenas(borrower, 1) as number;
  const { words } = heap;
  const types = createTypeTable({ heap, borrower, typeLimitCount: 8 });
  const roots = createRootStack({ heap, borrower, handleLimitCount: 8, frameSlotLimitCount });
  const headsRegion = heap.reserveRegion(borrower, "heads", 1 << 16);
  const weakHeads = headsRegion.start - (arena >> 2);
  const node = types.define(
    describeType({ name: "node", visitedSlotCount: 2, finalizer: true, weaklyReferable: true }),
  );
  /** Weakly referable, without a finalizer. */
  const other = types.define(
    describeType({ name: "other", visitedSlotCount: 2, weaklyReferable: true }),
  );
  /** With a finalizer, and of no interest to a detector. */
  const unwatched = types.define(
    describeType({ name: "unwatched", finalizer: true, collected: false }),
  );
  const plain = types.define(describeType({ name: "plain", visitedSlotCount: 2 }));
  const weakType = types.define(parts.WEAK_REFERENCE_TYPE);
  const backward = types.define(
    describeType({ name: "backward", visitedSlotCount: 2, releaseOrder: "backward" }),
  );
  const array = types.define(describeType({ name: "array", variablePart: "visited" }));
  const frame = words[roots.topWord] as number;
  words[roots.topWord] = frame + ROOT_COUNT;
  const front = words.slice(0, 16).join();
  /** What a detector watches, with the generation. */
  const tracked = new Map<number, number>();
  const holders: number[] = [];
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

  /** Of an array those that its length says, of all others as many as the largest has. */
  function slotsOf(object: number): number[] {
    if (typeOf(object) !== array) return [2, 3, 4];
    const length = words[object + LENGTH_WORD_OFFSET] as number;
    return Array.from({ length }, (_, index) => LENGTH_WORD_OFFSET + 1 + index);
  }

  function deallocate(object: number): void {
    if (part.death.endByCount(object)) return;
    for (const slot of slotsOf(object)) {
      const value = words[object + slot] as number;
      words[object + slot] = 0;
      release(value);
    }
    live.delete(object);
    ends.push(object);
    words.fill(0, object, object + SIZE_WORDS);
  }

  /** An array for weak references and callbacks in turn. */
  function holdCallbacks(callbackCount: number): number {
    const object = place(array);
    words[object + LENGTH_WORD_OFFSET] = 2 * callbackCount;
    holders.push(object);
    rig.onHolder();
    return object;
  }

  function release(value: number): void {
    if (value > 0 && decrement(value)) deallocate(value);
  }

  const part = parts.createFinalization({
    ...{ words, types, roots, increment, decrement, deallocate },
    finalizedMask: FINALIZED,
    weakMask: WEAK,
    weakHeads,
    lists: {
      track: (object, generation) => void tracked.set(object, generation),
      untrack: (object) => void tracked.delete(object),
    },
    observer,
    ...(hasHolders ? { holdCallbacks } : {}),
  });

  function place(type: TypeId): number {
    const object = fresh;
    fresh += SIZE_WORDS;
    words[object] = 1;
    words[object + 1] = type;
    live.add(object);
    tracked.set(object, 0);
    return object;
  }

  function make(type: TypeId, slot: number): number {
    const object = place(type);
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
    const top = words[roots.topWord] as number;
    if (!part.isCalling() && top !== frame + ROOT_COUNT) throw new Error("a frame was not left");
    heap.validate();
    // No object is there: who takes 0 for one writes over these.
    if (words.slice(0, 16).join() !== front) throw new Error("something wrote at word 0");
    const counts = new Map([...live].map((object) => [object, 0]));
    const count = (value: number): void => {
      if (value > 0) counts.set(value, (counts.get(value) ?? 0) + 1);
    };
    for (let word = frame; word < (words[roots.topWord] as number); word++) {
      count(words[word] as number);
    }
    for (const object of live) {
      for (const slot of slotsOf(object)) count(words[object + slot] as number);
    }
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

  const rig = {
    ...part,
    ...{
      words,
      types,
      roots,
      node,
      plain,
      other,
      unwatched,
      weakType,
      backward,
      array,
      frame,
      live,
      ends,
    },
    ...{ tracked, holders, weakHeads },
    /** Called when a holder was made. */
    onHolder: (): void => {},
    ...{ make, release, write, validate, typeOf },
    rootOf: (slot: number): number => words[frame + slot] as number,
    setRoot: (slot: number, value: number) => write(frame + slot, value),
    slot: (index: number): Slot => (frame + index) as Slot,
    targetOf: (weak: number): number => part.finalization.targetOf(weak as Reference),
    set: (object: number, field: number, value: number) => write(object + 2 + field, value),
    flagsOf: (object: number) =>
      words[types.base + (typeOf(object) << TYPE_ROW_SHIFT) + ROW_FLAGS] as number,
  };
  return rig;
}
