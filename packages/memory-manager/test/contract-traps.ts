// The fourteen traps that collectors and their clients fell into, each as cases that throw where
// somebody falls in. Where a client is at fault, checked mode must say so; where a strategy would
// be, every strategy must do right. Faults that lead into each of them are planted in trap-faults.

import assert from "node:assert/strict";
import {
  EVENT_OBJECT_RECLAIM,
  immediateOf,
  isOuroError,
  type OuroErrorKind,
  type Reference,
  type Slot,
  slotAt,
  type Traits,
  type TypeId,
} from "@ouro/interfaces";
import type { MemoryManager, MemoryManagerOptions } from "@ouro/memory-manager";
import { COLLECTS_FIRST, collectsBeforeMemoryIsOut } from "./emergency-collection.js";
import {
  finalizesWhatItFound,
  NO_SECOND,
  nestsNoCollection,
  ONE_COLLECTION,
} from "./finalizer-chains.js";

const MIB = 2 ** 20;
/** Epochs of a heap below 16 MiB: in bits 22 to 29 of a reference. */
const NARROW_BYTES = 12 * MIB;
const NARROW_LIMIT = 2 ** 30;
/** Those of a larger heap: in 22 bits above the 30 of a word index. */
const WIDE_LIMIT = 2 ** 52;
const WIDE_EPOCH_COUNT = 2 ** 22 - 1;

/** Composes a manager of the strategy that a case is played on. */
export type Compose = (options: Omit<MemoryManagerOptions, "strategy">) => MemoryManager;

export interface TrapCase {
  readonly trap: number;
  readonly title: string;
  /** Where nothing is said, every strategy can be asked. */
  readonly asks?: (traits: Traits, manager: MemoryManager) => boolean;
  play(compose: Compose): void;
}

/** What a case is called where it stands among others. */
export const trapName = ({ trap, title }: Pick<TrapCase, "trap" | "title">): string =>
  `trap ${trap}: ${title}`;

interface Scene extends MemoryManager {
  readonly frame: Slot;
  /** A root slot of the frame. */
  slot(index: number): Slot;
  readonly pair: TypeId;
  readonly sequence: TypeId;
  /** The object in the frame's slot of that index. */
  at(index: number): Reference;
}

function open(compose: Compose, options: Partial<MemoryManagerOptions> = {}): Scene {
  const manager = compose({ reservationBytes: 64 * MIB, ...options });
  const { mutator } = manager;
  const pair = manager.defineType({ name: "pair", visitedSlotCount: 2 });
  const sequence = manager.defineType({ name: "sequence", variablePart: "visited" });
  const frame = mutator.enter(4);
  const slot = (index: number) => slotAt(frame, index);
  const at = (index: number) => mutator.root(slot(index)) as Reference;
  return { ...manager, frame, slot, pair, sequence, at };
}

const checked = (compose: Compose, reservationBytes = 64 * MIB): Scene =>
  open(compose, { checked: true, reservationBytes });

function refuses(kind: OuroErrorKind, call: () => unknown): void {
  assert.throws(call, (error) => isOuroError(error, kind), `it is refused as ${kind}`);
}

/** A pair in slot 0 whose first field holds a second one that nothing else holds. */
function openParent(scene: Scene): void {
  const { mutator, pair, frame, slot, at } = scene;
  mutator.allocate(pair, frame);
  mutator.allocate(pair, slot(1));
  mutator.give(at(0), 0, slot(1));
}

export const trapCases: readonly TrapCase[] = [
  {
    trap: 1,
    title: "a raw word is not written over a reference field",
    play(compose) {
      const { mutator, pair, frame, at } = checked(compose);
      mutator.allocate(pair, frame);
      refuses("usage", () => mutator.setWord(at(0), 0, 512));
      assert.equal(mutator.get(at(0), 0), 0);
    },
  },
  {
    trap: 2,
    title: "what lost its last slot is not stored through a borrowed reference",
    play(compose) {
      const scene = checked(compose);
      const { mutator, pair, slot, at, collector } = scene;
      openParent(scene);
      const borrowed = mutator.get(at(0), 0);
      mutator.set(at(0), 0, 0);
      if (collector.traits.death !== "prompt") mutator.allocate(pair, slot(2));
      refuses("stale-reference", () => mutator.set(at(0), 1, borrowed));
      collector.validate();
    },
  },
  {
    trap: 2,
    title: "by take and give the same change is safe",
    play(compose) {
      const scene = open(compose);
      const { mutator, pair, slot, at, validate } = scene;
      openParent(scene);
      mutator.take(slot(3), at(0), 0);
      mutator.allocate(pair, slot(2));
      mutator.give(at(2), 0, slot(3));
      assert.equal(mutator.typeOf(mutator.get(at(2), 0) as Reference), pair);
      assert.notEqual(mutator.get(at(2), 0), at(2));
      validate();
    },
  },
  {
    trap: 3,
    title: "a reference kept over an allocation is refused, wherever its object lies",
    play(compose) {
      const { mutator, pair, frame, slot } = checked(compose);
      const kept = mutator.allocate(pair, frame);
      mutator.allocate(pair, slot(1));
      refuses("stale-reference", () => mutator.get(kept, 0));
    },
  },
  {
    trap: 4,
    title: "epochs in small integers wrap, without a false alarm and without a stale reference",
    play(compose) {
      const { mutator, pair, frame, at } = checked(compose, NARROW_BYTES);
      mutator.allocate(pair, frame);
      for (let count = 0; count < 1000; count++) {
        const kept = at(0);
        assert.ok(kept < NARROW_LIMIT, `${kept} is a small integer`);
        refuses("invalid-address", () => mutator.get((kept % 2 ** 22) as Reference, 0));
        mutator.poll();
        assert.equal(mutator.get(at(0), 0), 0);
        refuses("stale-reference", () => mutator.get(kept, 0));
      }
    },
  },
  {
    trap: 5,
    title: "what is rooted while it is built survives a collection at every step",
    play(compose) {
      const { mutator, pair, frame, slot, at, validate } = open(compose);
      mutator.allocate(pair, frame);
      for (let depth = 0; depth < 100; depth++) {
        mutator.collect();
        mutator.allocate(pair, slot(1));
        mutator.give(at(1), 0, frame);
        mutator.collect();
        mutator.moveRoot(frame, slot(1));
      }
      let object = at(0);
      for (let depth = 0; depth < 100; depth++) {
        assert.equal(mutator.typeOf(object), pair);
        object = mutator.get(object, 0) as Reference;
      }
      assert.equal(mutator.get(object, 0), 0);
      validate();
    },
  },
  {
    trap: 6,
    title: COLLECTS_FIRST,
    asks: ({ cycles }) => cycles !== "never",
    play: (compose) =>
      collectsBeforeMemoryIsOut(compose({ reservationBytes: 64 * MIB, limitBytes: 4 * MIB })),
  },
  {
    trap: 7,
    title: ONE_COLLECTION,
    asks: (_, { finalization }) => finalization !== undefined,
    play: (compose) => finalizesWhatItFound(compose({ reservationBytes: 64 * MIB })),
  },
  {
    trap: 7,
    title: NO_SECOND,
    asks: (_, { finalization }) => finalization !== undefined,
    play: (compose) => nestsNoCollection(compose({ reservationBytes: 64 * MIB })),
  },
  {
    trap: 8,
    title: "a move empties where it is from, and a write counts up, before anything is let go",
    play(compose) {
      const scene = open(compose);
      const { mutator, pair, frame, at, validate } = scene;
      openParent(scene);
      mutator.set(mutator.get(at(0), 0) as Reference, 1, immediateOf(7));
      mutator.take(frame, at(0), 0); // the child of the object that the slot itself holds
      assert.equal(mutator.typeOf(at(0)), pair);
      assert.equal(mutator.get(at(0), 1), immediateOf(7));
      mutator.setRoot(frame, at(0));
      mutator.set(at(0), 0, at(0));
      mutator.set(at(0), 0, mutator.get(at(0), 0));
      assert.equal(mutator.get(at(0), 1), immediateOf(7));
      validate();
    },
  },
  {
    trap: 8,
    title: "a slot that is moved to itself is refused and keeps what it holds",
    play(compose) {
      const { mutator, pair, frame, at } = checked(compose);
      mutator.allocate(pair, frame);
      refuses("usage", () => mutator.moveRoot(frame, frame));
      assert.ok(at(0) > 0);
    },
  },
  {
    trap: 9,
    title: "fill refuses a field that holds something",
    play(compose) {
      const { mutator, pair, frame, slot, at } = checked(compose);
      mutator.allocate(pair, frame);
      mutator.allocate(pair, slot(1));
      mutator.fill(at(0), 0, slot(1));
      mutator.allocate(pair, slot(1));
      refuses("usage", () => mutator.fill(at(0), 0, slot(1)));
      assert.ok(at(1) > 0);
    },
  },
  {
    trap: 10,
    title: "what is dead holds no count once a poll is over",
    play(compose) {
      const { mutator, pair, frame, slot, at, collector, heap } = open(compose);
      mutator.allocate(pair, frame);
      for (let count = 0; count < 3; count++) {
        mutator.allocate(pair, slot(1));
        mutator.set(at(1), 0, at(0));
        mutator.set(at(1), 1, at(0));
      }
      mutator.setRoot(slot(1), 0);
      mutator.poll();
      if (collector.traits.counts) assert.equal(heap.words[at(0)], 1);
      collector.validate();
    },
  },
  {
    trap: 11,
    title: "handles that were given back hold nothing that a tracer takes for a reference",
    play(compose) {
      const { mutator, pair, frame, roots, validate, handles, heap } = open(compose);
      mutator.allocate(pair, frame);
      const held = Array.from({ length: 40 }, () => handles.hold(frame));
      for (const handle of held.filter((_, index) => index % 3 !== 0)) handle.dispose();
      for (let slot: number = roots.start; slot < roots.framesStart; slot++) {
        if (!roots.isLive(slot)) assert.ok((heap.words[slot] as number) <= 0, "a free handle");
      }
      mutator.collect();
      validate();
    },
  },
  {
    trap: 12,
    title: "length and type survive moves, however often",
    play(compose) {
      const { mutator, sequence, frame, at, validate } = open(compose);
      mutator.allocateArray(sequence, 5, frame);
      mutator.set(at(0), 5, at(0));
      for (let count = 0; count < 3; count++) {
        mutator.collect();
        assert.equal(mutator.lengthOf(at(0)), 5);
        assert.equal(mutator.typeOf(at(0)), sequence);
        assert.equal(mutator.get(at(0), 5), at(0));
      }
      validate();
    },
  },
  {
    trap: 12,
    title: "what was left behind by copies can be walked: each death is told once",
    asks: ({ exact }) => exact,
    play(compose) {
      const dead: number[] = [];
      const observer = {
        wants: [EVENT_OBJECT_RECLAIM] as const,
        event: (_: number, object: number) => void dead.push(object),
      };
      const { mutator, pair, sequence, slot, at } = open(compose, { observer });
      // Living and dead in turn, of sizes that a wrong type or length would misread.
      const expected: number[] = [];
      for (let count = 0; count < 12; count++) {
        mutator.allocateArray(sequence, count % 4, slot(1));
        expected.push(at(1));
        mutator.allocateArray(sequence, 5 + count, slot(1));
        mutator.allocate(pair, slot(2));
        mutator.give(at(2), 0, slot(0));
        mutator.give(at(2), 1, slot(1));
        mutator.moveRoot(slot(0), slot(2));
      }
      mutator.collect();
      assert.deepEqual(dead.toSorted(), expected.toSorted());
    },
  },
  {
    trap: 13,
    title: "what lies above the top roots nothing, and a fresh frame is empty",
    play(compose) {
      const { mutator, pair, collector, validate } = open(compose);
      const inner = mutator.enter(3);
      mutator.allocate(pair, slotAt(inner, 2));
      mutator.leave(inner);
      mutator.collect();
      const { exact, death } = collector.traits;
      if (exact || death === "prompt") assert.equal(collector.statistics().liveCount, 0);
      validate();
      const again = mutator.enter(3);
      for (let index = 0; index < 3; index++) assert.equal(mutator.root(slotAt(again, index)), 0);
    },
  },
  {
    trap: 14,
    title: "slot arithmetic past the frame is refused, though another frame lies there",
    play(compose) {
      const { mutator, pair, slot, at } = checked(compose);
      refuses("invalid-address", () => mutator.allocate(pair, slot(4)));
      refuses("invalid-address", () => mutator.root(slot(4)));
      const inner = mutator.enter(2);
      refuses("invalid-address", () => mutator.allocate(pair, slot(4)));
      refuses("invalid-address", () => mutator.setRoot(slotAt(inner, -1), 0));
      mutator.allocate(pair, slot(3)); // a slot that was handed over stays good
      assert.equal(mutator.typeOf(at(3)), pair);
      mutator.leave(inner);
    },
  },
];

/** Four million polls: asked of one strategy, as epochs are none of a strategy's. */
export const wideEpochs: TrapCase = {
  trap: 4,
  title: "epochs in doubles wrap before the numbers are rounded",
  play(compose) {
    const { mutator, pair, frame, at } = checked(compose);
    mutator.allocate(pair, frame);
    for (let count = 0; count < WIDE_EPOCH_COUNT - 5; count++) mutator.poll();
    for (let count = 0; count < 20; count++) {
      const kept = at(0);
      assert.ok(kept < WIDE_LIMIT, `${kept} is exact`);
      mutator.poll();
      assert.equal(mutator.get(at(0), 0), 0);
      refuses("stale-reference", () => mutator.get(kept, 0));
    }
  },
};
