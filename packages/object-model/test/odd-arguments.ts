// What no program in TypeScript passes and one in JavaScript does: every entry of the checked
// mutator, each argument of it in turn, and each odd thing in its place. It is refused by an error
// of the house, and nothing changes; but for a few numbers that are no fault where they stand.

import { isOuroError, type Reference, type Slot, slotAt, type TypeId } from "@ouro/interfaces";
import type { MemoryManager } from "@ouro/memory-manager";
import type { CheckedMutator } from "../src/index.js";
import { makeManager } from "./manager.js";
import type { Parts } from "./refusals.js";

type Arguments = readonly unknown[];

export const ODD_THINGS: Readonly<Record<string, unknown>> = {
  undefined: undefined,
  null: null,
  'the text "1"': "1",
  "the BigInt 1n": 1n,
  NaN: Number.NaN,
  "1.5": 1.5,
  "-1": -1,
  Infinity: Number.POSITIVE_INFINITY,
  "an object": {},
  "an object without a prototype": Object.create(null),
  "a symbol": Symbol("odd"),
};

/** A pair in slot `frame`, a tuple of three in the next; two more slots. */
export interface OddRig {
  readonly manager: MemoryManager;
  readonly mutator: CheckedMutator;
  readonly frame: Slot;
  readonly types: { readonly pair: TypeId; readonly tuple: TypeId };
  pair(): Reference;
  tuple(): Reference;
}

export function makeOddRig(parts: Parts, strategy?: MemoryManager["strategy"]): OddRig {
  const manager = makeManager(strategy === undefined ? {} : { strategy });
  const { defineType } = manager;
  const types = {
    pair: defineType({ name: "pair", visitedSlotCount: 2, ownedSlotCount: 1, rawWordCount: 2 }),
    tuple: defineType({ name: "tuple", variablePart: "visited" }),
  };
  const mutator = parts.createCheckedMutator(manager);
  const frame = mutator.enter(4);
  mutator.allocate(types.pair, frame);
  mutator.allocateArray(types.tuple, 3, slotAt(frame, 1));
  const at = (index: number) => mutator.root(slotAt(frame, index)) as Reference;
  return { manager, mutator, frame, types, pair: () => at(0), tuple: () => at(1) };
}

export interface OddEntry {
  readonly name: string;
  /** Default: its name. */
  readonly call?: string;
  /** Arguments that are good together. */
  readonly good: (rig: OddRig) => Arguments;
  /** By argument, the odd things that are no fault there. */
  readonly allowed?: readonly (readonly string[])[];
}

/** -1 is an immediate, and fits in a raw word. */
const VALUES = ["-1"];
/** As if it were left out. */
const ABSENT = ["undefined"];

const third = ({ frame }: OddRig): Slot => slotAt(frame, 2);
const second = ({ frame }: OddRig): Slot => slotAt(frame, 1);

/** Every entry of the checked mutator; a test holds the list against the mutator itself. */
export const ODD_ENTRIES: readonly OddEntry[] = [
  { name: "plain", good: ({ pair }) => [pair()] },
  { name: "withEpoch", good: ({ mutator, pair }) => [mutator.plain(pair())] },
  { name: "plainSlot", good: ({ frame }) => [frame] },
  { name: "enter", good: () => [1] },
  { name: "leave", good: ({ frame }) => [frame] },
  { name: "root", good: ({ frame }) => [frame] },
  { name: "setRoot", good: (rig) => [third(rig), rig.pair()], allowed: [[], VALUES] },
  { name: "moveRoot", good: (rig) => [third(rig), rig.frame] },
  { name: "allocate", good: (rig) => [rig.types.pair, third(rig)] },
  { name: "allocateArray", good: (rig) => [rig.types.tuple, 2, third(rig)] },
  { name: "typeOf", good: ({ pair }) => [pair()] },
  { name: "lengthOf", good: ({ tuple }) => [tuple()] },
  { name: "get", good: ({ pair }) => [pair(), 1] },
  { name: "set", good: ({ pair, tuple }) => [pair(), 1, tuple()], allowed: [[], [], VALUES] },
  { name: "give", good: (rig) => [rig.pair(), 1, second(rig)] },
  { name: "fill", good: (rig) => [rig.pair(), 1, second(rig)] },
  { name: "take", good: (rig) => [third(rig), rig.pair(), 1] },
  { name: "copy", good: ({ pair, tuple }) => [pair(), 1, tuple(), 1, 1] },
  { name: "copy of nothing", call: "copy", good: ({ pair, tuple }) => [pair(), 1, tuple(), 1, 0] },
  { name: "word", good: ({ pair }) => [pair(), 3] },
  { name: "setWord", good: ({ pair }) => [pair(), 3, 7], allowed: [[], [], VALUES] },
  { name: "fieldsStart", good: ({ pair }) => [pair()] },
  { name: "poll", good: () => [] },
  { name: "collect", good: () => [0], allowed: [ABSENT] },
];

/** The entries that the mutator has and the list must, too. */
export function entriesOf(mutator: CheckedMutator): string[] {
  const isForParts = (name: string): boolean => name.endsWith("For");
  return Object.entries(mutator)
    .filter(([name, entry]) => typeof entry === "function" && !isForParts(name))
    .map(([name]) => name);
}

function contentsOf({ manager }: OddRig): string {
  const { heap, roots, collector } = manager;
  const copied = [...heap.words.subarray(roots.start, roots.end), heap.words[roots.topWord]];
  collector.walk((object) => copied.push(object, ...heap.words.subarray(object, object + 8)));
  return copied.join();
}

function callWith(rig: OddRig, call: string, given: Arguments): void {
  (rig.mutator as unknown as Record<string, (...given: Arguments) => unknown>)[call]?.(...given);
}

/** What is wrong with what an entry says to odd things, all to one rig; empty when nothing is. */
export function oddFlawsOf(entry: OddEntry, rig: OddRig): string[] {
  const flaws: string[] = [];
  const { length } = entry.good(rig);
  for (let place = 0; place < length; place++) {
    for (const thing of Object.keys(ODD_THINGS)) {
      const flaw = oddFlawOf(entry, rig, place, thing);
      if (flaw !== undefined) flaws.push(`argument ${place + 1}, ${thing}: ${flaw}`);
    }
  }
  return flaws;
}

function oddFlawOf(
  { name, call = name, good, allowed }: OddEntry,
  rig: OddRig,
  place: number,
  thing: string,
): string | undefined {
  const given = good(rig).with(place, ODD_THINGS[thing]);
  const before = contentsOf(rig);
  const { safepointCount } = rig.mutator;
  try {
    callWith(rig, call, given);
  } catch (error) {
    if (!isOuroError(error)) return `it threw ${error}`;
    if (!error.message.startsWith(call)) return `it does not say where: ${error.message}`;
    if (contentsOf(rig) !== before) return "something changed";
    rig.manager.validate();
    return rig.mutator.safepointCount === safepointCount ? undefined : "a safepoint was passed";
  }
  rig.manager.validate();
  return allowed?.[place]?.includes(thing) === true ? undefined : "it was not refused";
}

/** What is wrong with the arguments that are said to be good. */
export function goodFlawOf({ name, call = name, good }: OddEntry, rig: OddRig): string | undefined {
  try {
    callWith(rig, call, good(rig));
  } catch (error) {
    return `it threw ${error}`;
  }
  rig.manager.validate();
  return undefined;
}
