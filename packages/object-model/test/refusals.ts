// Everything that checked mode refuses, one case a line: what is prepared, what is attempted, and
// the error that must come of it. The tests run each case on the sources as they are, the planted
// faults on sources in which one test was taken out.

import {
  immediateOf,
  isOuroError,
  type Mutator,
  type OuroErrorKind,
  type Reference,
  type Slot,
  slotAt,
  type TypeId,
} from "@ouro/interfaces";
import type { CheckedMutator } from "../src/index.js";
import { type Killable, killableStrategy } from "./killable-strategy.js";
import { makeManager } from "./manager.js";

export type Parts = Pick<typeof import("../src/index.js"), "createCheckedMutator">;

/**
 * A pair in slot `frame`, a tuple of three in the next, five bytes in the one after, then none; an
 * enclosing frame of two slots; a handle.
 */
export interface Rig {
  readonly fast: Mutator;
  readonly mutator: CheckedMutator;
  readonly killable: Killable;
  readonly outer: Slot;
  readonly frame: Slot;
  /** Just above the frame: its slots and this one carry the same key. */
  readonly top: Slot;
  /** The word index that handles have just below the frames. */
  readonly lastHandle: Slot;
  readonly types: { pair: TypeId; tuple: TypeId; bytes: TypeId };
  /** All words of the root stack and of the objects. */
  contents(): number[];
  pair(): Reference;
  tuple(): Reference;
  bytes(): Reference;
}

export interface RigOptions {
  readonly isWide?: boolean;
  readonly sites?: boolean;
  /** When the strategy says that objects die. Default: at once. */
  readonly death?: "prompt" | "collection";
}

export function makeRig(parts: Parts, options: RigOptions = {}): Rig {
  const { isWide = false, sites = false, death = "prompt" } = options;
  const killable = killableStrategy();
  const manager = makeManager({ strategy: killable.strategy, isWide });
  const { heap, roots, collector, defineType } = manager;
  const types = {
    pair: defineType({ name: "pair", visitedSlotCount: 2, ownedSlotCount: 1, rawWordCount: 2 }),
    tuple: defineType({ name: "tuple", variablePart: "visited" }),
    bytes: defineType({ name: "bytes", variablePart: "bytes" }),
  };
  const dying = { ...collector, traits: { ...collector.traits, death } };
  const mutator = parts.createCheckedMutator({ ...manager, collector: dying, sites });
  const outer = mutator.enter(2);
  const frame = mutator.enter(4);
  mutator.allocate(types.pair, frame);
  mutator.allocateArray(types.tuple, 3, slotAt(frame, 1));
  mutator.allocateArray(types.bytes, 5, slotAt(frame, 2));

  function contents(): number[] {
    const copied = [heap.words[roots.topWord] as number];
    copied.push(...heap.words.subarray(roots.start, roots.end));
    collector.walk((object) => copied.push(...heap.words.subarray(object, object + 8)));
    return copied;
  }

  const at = (index: number) => mutator.root(slotAt(frame, index)) as Reference;
  return {
    fast: manager.mutator,
    mutator,
    killable,
    outer,
    frame,
    top: slotAt(frame, 4),
    lastHandle: slotAt(roots.framesStart, -1),
    types,
    contents,
    pair: () => at(0),
    tuple: () => at(1),
    bytes: () => at(2),
  };
}

export interface Refusal {
  readonly name: string;
  readonly kind: OuroErrorKind;
  /** Answers the reference that `attempt` uses. */
  readonly prepare?: (rig: Rig) => Reference;
  readonly attempt: (rig: Rig, reference: Reference) => unknown;
}

/** What is wrong with a refusal: undefined when it is refused as said and nothing has changed. */
export function flawOf(refusal: Refusal, rig: Rig): string | undefined {
  const reference = refusal.prepare?.(rig) ?? rig.pair();
  const before = rig.contents();
  const { safepointCount } = rig.mutator;
  try {
    refusal.attempt(rig, reference);
  } catch (error) {
    if (!isOuroError(error, refusal.kind)) return `it threw ${error}`;
    if (rig.contents().some((word, index) => word !== before[index])) return "something changed";
    return rig.mutator.safepointCount === safepointCount ? undefined : "a safepoint was passed";
  }
  return "it was not refused";
}

type Attempt = (rig: Rig, reference: Reference) => unknown;

/** Every entry that takes a reference: refused for each kind of bad one. */
const ENTRIES: Record<string, Attempt> = {
  get: ({ mutator }, reference) => mutator.get(reference, 0),
  set: ({ mutator }, reference) => mutator.set(reference, 0, 0),
  "set (value)": ({ mutator, pair }, reference) => mutator.set(pair(), 0, reference),
  setRoot: ({ mutator, frame }, reference) => mutator.setRoot(frame, reference),
  give: ({ mutator, frame }, reference) => mutator.give(reference, 0, slotAt(frame, 1)),
  fill: ({ mutator, frame }, reference) => mutator.fill(reference, 0, slotAt(frame, 1)),
  take: ({ mutator, frame }, reference) => mutator.take(slotAt(frame, 1), reference, 0),
  "copy (target)": ({ mutator, tuple }, reference) => mutator.copy(reference, 0, tuple(), 1, 2),
  "copy (source)": ({ mutator, tuple }, reference) => mutator.copy(tuple(), 1, reference, 0, 2),
  typeOf: ({ mutator }, reference) => mutator.typeOf(reference),
  lengthOf: ({ mutator }, reference) => mutator.lengthOf(reference),
  word: ({ mutator }, reference) => mutator.word(reference, 3),
  setWord: ({ mutator }, reference) => mutator.setWord(reference, 3, 1),
  fieldsStart: ({ mutator }, reference) => mutator.fieldsStart(reference),
  plain: ({ mutator }, reference) => mutator.plain(reference),
};

const SAFEPOINTS: Record<string, (rig: Rig) => unknown> = {
  allocate: ({ mutator, types, frame }) => mutator.allocate(types.pair, slotAt(frame, 3)),
  allocateArray: ({ mutator, types, frame }) =>
    mutator.allocateArray(types.tuple, 1, slotAt(frame, 3)),
  poll: ({ mutator }) => mutator.poll(),
  collect: ({ mutator }) => mutator.collect(),
};

const kept = (safepoint: (rig: Rig) => unknown) => (rig: Rig) => {
  const reference = rig.pair();
  safepoint(rig);
  return reference;
};

function killed(rig: Rig): Reference {
  const { mutator, types, frame } = rig;
  const reference = mutator.allocate(types.pair, slotAt(frame, 3));
  mutator.setRoot(slotAt(frame, 3), 0);
  rig.killable.kill(mutator.plain(reference));
  return reference;
}

/** The slot of a frame that was left, in the place of which another was entered. */
function leftSlot({ mutator }: Rig): Reference {
  const left = mutator.enter(1);
  mutator.leave(left);
  mutator.enter(1);
  return left as number as Reference;
}

/** Every entry that takes a root slot. */
const SLOT_ENTRIES: Record<string, (rig: Rig, slot: Slot) => unknown> = {
  root: ({ mutator }, slot) => mutator.root(slot),
  setRoot: ({ mutator }, slot) => mutator.setRoot(slot, 0),
  "moveRoot (into)": ({ mutator, frame }, slot) => mutator.moveRoot(slot, frame),
  "moveRoot (from)": ({ mutator, frame }, slot) => mutator.moveRoot(frame, slot),
  allocate: ({ mutator, types }, slot) => mutator.allocate(types.pair, slot),
  allocateArray: ({ mutator, types }, slot) => mutator.allocateArray(types.tuple, 1, slot),
  plainSlot: ({ mutator }, slot) => mutator.plainSlot(slot),
  give: ({ mutator, pair }, slot) => mutator.give(pair(), 0, slot),
  fill: ({ mutator, pair }, slot) => mutator.fill(pair(), 0, slot),
  take: ({ mutator, pair }, slot) => mutator.take(slot, pair(), 0),
};

const FIELD_ENTRIES: Record<string, (rig: Rig, reference: Reference, field: number) => unknown> = {
  get: ({ mutator }, reference, field) => mutator.get(reference, field),
  set: ({ mutator }, reference, field) => mutator.set(reference, field, 0),
  give: ({ mutator, frame }, reference, field) => mutator.give(reference, field, slotAt(frame, 1)),
  fill: ({ mutator, frame }, reference, field) => mutator.fill(reference, field, slotAt(frame, 1)),
  take: ({ mutator, frame }, reference, field) => mutator.take(slotAt(frame, 1), reference, field),
  "copy (target)": ({ mutator, tuple }, reference, field) =>
    mutator.copy(reference, field, tuple(), 1, 1),
  "copy (source)": ({ mutator, tuple }, reference, field) =>
    mutator.copy(tuple(), 1, reference, field, 1),
};

const RAW_ENTRIES: Record<string, (rig: Rig, reference: Reference, field: number) => unknown> = {
  word: ({ mutator }, reference, field) => mutator.word(reference, field),
  setWord: ({ mutator }, reference, field) => mutator.setWord(reference, field, 7),
};

const usage = "usage";
const address = "invalid-address";

export const refusals: readonly Refusal[] = [
  ...Object.entries(SAFEPOINTS).map(([name, safepoint]) => ({
    name: `a reference kept over ${name}`,
    kind: "stale-reference" as const,
    prepare: kept(safepoint),
    attempt: ENTRIES.get as Attempt,
  })),
  {
    name: "a reference kept over a safepoint, though another to its object was given out since",
    kind: "stale-reference",
    prepare: (rig) => {
      const reference = rig.pair();
      rig.mutator.poll();
      rig.pair();
      return reference;
    },
    attempt: ENTRIES.get as Attempt,
  },
  {
    name: "get of the number that a reference to an object would have that was not looked at",
    kind: address,
    prepare: (rig) => {
      const { mutator, fast, frame } = rig;
      mutator.poll();
      const epochStart = rig.pair() - mutator.plain(rig.pair());
      return (epochStart + fast.root(mutator.plainSlot(slotAt(frame, 1)))) as Reference;
    },
    attempt: ENTRIES.get as Attempt,
  },
  ...Object.entries(ENTRIES).flatMap(
    ([name, attempt]) =>
      [
        {
          name: `${name} of a reference kept over a safepoint`,
          kind: "stale-reference" as const,
          prepare: kept(({ mutator }) => mutator.poll()),
          attempt,
        },
        {
          name: `${name} of a reference whose object died without a safepoint`,
          kind: "stale-reference" as const,
          prepare: killed,
          attempt,
        },
        {
          name: `${name} of a word index that checked mode did not give out`,
          kind: address,
          prepare: ({ fast, mutator, frame, pair }: Rig) => {
            pair(); // so that a reference to the object is good, but not this
            return fast.root(mutator.plainSlot(frame)) as Reference;
          },
          attempt,
        },
      ] as const,
  ),
  {
    name: "get of none",
    kind: address,
    attempt: ({ mutator }) => mutator.get(0 as Reference, 0),
  },
  {
    name: "get of an immediate",
    kind: address,
    attempt: ({ mutator }) => mutator.get(immediateOf(3) as Reference, 0),
  },
  {
    name: "get of the inside of an object",
    kind: address,
    attempt: ({ mutator }, pair) => mutator.get((pair + 4) as Reference, 0),
  },
  ...Object.entries(SLOT_ENTRIES).flatMap(
    ([name, attempt]) =>
      [
        {
          name: `${name} of a slot above the current frame`,
          kind: address,
          attempt: (rig: Rig) => attempt(rig, rig.top),
        },
        {
          name: `${name} of a handle's slot that is not in use`,
          kind: address,
          attempt: (rig: Rig) => attempt(rig, rig.lastHandle),
        },
        {
          name: `${name} of an enclosing frame's slot, reached from the frame above`,
          kind: address,
          attempt: (rig: Rig) => attempt(rig, slotAt(rig.frame, -1)),
        },
        {
          name: `${name} of a slot of the frame above, reached from the enclosing frame`,
          kind: address,
          attempt: (rig: Rig) => attempt(rig, slotAt(rig.outer, 2)),
        },
        {
          name: `${name} of a slot of a frame that was left`,
          kind: address,
          prepare: ({ mutator }: Rig) => {
            const left = mutator.enter(1);
            mutator.leave(left);
            return left as number as Reference;
          },
          attempt: (rig: Rig, left: Reference) => attempt(rig, left as number as Slot),
        },
        {
          name: `${name} of a slot of a frame that was left, where another lies`,
          kind: address,
          prepare: leftSlot,
          attempt: (rig: Rig, left: Reference) => attempt(rig, left as number as Slot),
        },
        {
          name: `${name} of a frame's slot by its word index`,
          kind: address,
          attempt: (rig: Rig) => attempt(rig, rig.mutator.plainSlot(rig.frame)),
        },
      ] as const,
  ),
  {
    name: "root of a fraction",
    kind: address,
    attempt: ({ mutator, frame }) => mutator.root((frame + 0.5) as Slot),
  },
  ...Object.entries(FIELD_ENTRIES).flatMap(
    ([name, attempt]) =>
      [
        {
          name: `${name} of a field behind the object`,
          kind: address,
          attempt: (rig: Rig, pair: Reference) => attempt(rig, pair, 5),
        },
        {
          name: `${name} of a field before the object`,
          kind: address,
          attempt: (rig: Rig, pair: Reference) => attempt(rig, pair, -1),
        },
        {
          name: `${name} of a raw word`,
          kind: usage,
          attempt: (rig: Rig, pair: Reference) => attempt(rig, pair, 3),
        },
        {
          name: `${name} of a length`,
          kind: usage,
          attempt: (rig: Rig) => attempt(rig, rig.tuple(), 0),
        },
        {
          name: `${name} of half a field`,
          kind: address,
          attempt: (rig: Rig, pair: Reference) => attempt(rig, pair, 0.5),
        },
      ] as const,
  ),
  ...Object.entries(RAW_ENTRIES).flatMap(
    ([name, attempt]) =>
      [
        {
          name: `${name} of a visited slot`,
          kind: usage,
          attempt: (rig: Rig, pair: Reference) => attempt(rig, pair, 1),
        },
        {
          name: `${name} of an owned-only slot`,
          kind: usage,
          attempt: (rig: Rig, pair: Reference) => attempt(rig, pair, 2),
        },
        {
          name: `${name} of a field behind the object`,
          kind: address,
          attempt: (rig: Rig) => attempt(rig, rig.bytes(), 3),
        },
        {
          name: `${name} of a field behind an object of fixed length`,
          kind: address,
          attempt: (rig: Rig, pair: Reference) => attempt(rig, pair, 5),
        },
        {
          name: `${name} of the header`,
          kind: address,
          attempt: (rig: Rig, pair: Reference) => attempt(rig, pair, -1),
        },
      ] as const,
  ),
  {
    name: "setWord of a length",
    kind: usage,
    attempt: ({ mutator, bytes }) => mutator.setWord(bytes(), 0, 4),
  },
  {
    name: "setWord of a number that is no word",
    kind: usage,
    attempt: ({ mutator }, pair) => mutator.setWord(pair, 3, 2 ** 32),
  },
  {
    name: "copy of slots that run on behind the object",
    kind: usage,
    attempt: ({ mutator, tuple }, pair) => mutator.copy(tuple(), 1, pair, 1, 3),
  },
  {
    name: "copy of less than nothing",
    kind: usage,
    attempt: ({ mutator, tuple }, pair) => mutator.copy(tuple(), 1, pair, 1, -1),
  },
  {
    name: "fill over a reference",
    kind: usage,
    prepare: (rig) => {
      rig.mutator.set(rig.pair(), 0, rig.tuple());
      return rig.pair();
    },
    attempt: ({ mutator, frame }, pair) => mutator.fill(pair, 0, slotAt(frame, 2)),
  },
  {
    name: "a value that is no word",
    kind: usage,
    attempt: ({ mutator, frame }) => mutator.setRoot(frame, -(2 ** 31) - 1),
  },
  {
    name: "a value that is not a number",
    kind: usage,
    attempt: ({ mutator }, pair) => mutator.set(pair, 0, Number.NaN),
  },
  {
    name: "leave of an enclosing frame",
    kind: address,
    attempt: ({ mutator, outer }) => mutator.leave(outer),
  },
  {
    name: "leave of a slot inside the current frame",
    kind: address,
    attempt: ({ mutator, frame }) => mutator.leave(slotAt(frame, 1)),
  },
  {
    name: "leave of a frame that was left",
    kind: address,
    prepare: (rig) => {
      rig.mutator.leave(rig.frame);
      return 0 as Reference;
    },
    attempt: ({ mutator, frame }) => mutator.leave(frame),
  },
  {
    name: "leave when nothing was entered",
    kind: address,
    prepare: (rig) => {
      rig.mutator.leave(rig.frame);
      rig.mutator.leave(rig.outer);
      return 0 as Reference;
    },
    attempt: ({ mutator, outer }) => mutator.leave(outer),
  },
  {
    name: "enter of less than nothing",
    kind: usage,
    attempt: ({ mutator }) => mutator.enter(-1),
  },
  {
    name: "moveRoot of a slot to itself",
    kind: usage,
    attempt: ({ mutator, frame }) => mutator.moveRoot(frame, frame),
  },
  {
    name: "allocate of no type",
    kind: usage,
    attempt: ({ mutator, frame }) => mutator.allocate(0 as TypeId, frame),
  },
  {
    name: "allocate of a type that was never defined",
    kind: usage,
    attempt: ({ mutator, frame }) => mutator.allocate(31 as TypeId, frame),
  },
  {
    name: "allocate of a type of variable length",
    kind: usage,
    attempt: ({ mutator, types, frame }) => mutator.allocate(types.tuple, frame),
  },
  {
    name: "allocateArray of a type of fixed length",
    kind: usage,
    attempt: ({ mutator, types, frame }) => mutator.allocateArray(types.pair, 1, frame),
  },
  {
    name: "allocateArray of less than nothing",
    kind: usage,
    attempt: ({ mutator, types, frame }) => mutator.allocateArray(types.tuple, -1, frame),
  },
  {
    name: "lengthOf of an object of fixed length",
    kind: usage,
    attempt: ({ mutator }, pair) => mutator.lengthOf(pair),
  },
  {
    name: "collect of a generation that there is not",
    kind: usage,
    attempt: ({ mutator }) => mutator.collect(1),
  },
];
