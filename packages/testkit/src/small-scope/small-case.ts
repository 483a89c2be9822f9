// A small case: a start heap, and letters played from there on. As steps it is an ordinary script:
// it runs on any subject beside the shadow heap, prints as code and can be drawn.
//
//   births, oldest first, a collection after each age ─► references ─► candidates ─► roots dropped
//   ─► letters ─► full collection

import { programTypes } from "../program-types.js";
import type { Path } from "../shadow-heap.js";
import type { Step } from "../step.js";
import { type Letter, playOnSmallHeap } from "./letter.js";
import { bitOf, createSmallHeap, pathTo, type SmallHeap, settle } from "./small-heap.js";
import { EMPTY_HEAP, type StartHeap } from "./start-heap.js";

export interface SmallCase {
  readonly rootCount: number;
  readonly start: StartHeap;
  readonly letters: readonly Letter[];
  /**
   * Cases that the same subject played before, all roots dropped and everything collected after
   * each: for what a fresh subject does not show.
   */
  readonly before?: readonly SmallCase[];
}

/** Two slots of it are used, and the raw word that carries the object's number. */
export const SMALL_TYPE = programTypes.findIndex(({ name }) => name === "record");
export const NUMBER_FIELD = 3;

/** A program of letters alone. */
export function programOf(rootCount: number, letters: readonly Letter[]): SmallCase {
  return { rootCount, start: EMPTY_HEAP, letters };
}

/** What the start heap is, roots dropped and acyclic garbage gone. */
export function heapOfStart({ rootCount, start }: SmallCase): SmallHeap {
  const heap = createSmallHeap(rootCount);
  for (const [index, [one, other]] of start.slots.entries()) {
    heap.slots.push(one, other);
    heap.live |= bitOf(index + 1);
    heap.roots[index] = start.isRooted[index] === true ? index + 1 : 0;
  }
  settle(heap);
  return heap;
}

/** The ages in which objects are born, the oldest first; a candidate is as young as can be. */
export function agesOf({ histories }: StartHeap): number[] {
  const ages = new Set(histories.map((history) => (history === "touched" ? 0 : history)));
  return [...ages].sort((one, other) => other - one);
}

export function ageOf(history: StartHeap["histories"][number]): number {
  return history === "touched" ? 0 : history;
}

/** The steps of a case, those of the cases before it first; undefined after each letter. */
export function* stepsOfCase(
  small: SmallCase,
  hasGenerations: boolean,
): Generator<Step | undefined> {
  for (const before of small.before ?? []) {
    yield* stepsOfOne(before, hasGenerations);
    yield { call: "leave" };
    yield { call: "collect" };
  }
  yield* stepsOfOne(small, hasGenerations);
}

function* stepsOfOne(small: SmallCase, hasGenerations: boolean): Generator<Step | undefined> {
  yield { call: "enter", slotCount: small.rootCount };
  yield* stepsOfStart(small, hasGenerations);
  const heap = heapOfStart(small);
  for (const letter of small.letters) {
    yield* stepsOfLetter(letter, heap);
    playOnSmallHeap(letter, heap);
    yield undefined;
  }
  yield { call: "collect" };
  yield undefined;
}

const inRoot = (slot: number): Path => ({ slot, fields: [] });

function* birth(root: number, number: number): Generator<Step> {
  yield { call: "allocate", type: SMALL_TYPE, length: 0, into: root };
  yield { call: "setWord", object: inRoot(root), field: NUMBER_FIELD, word: number };
}

function* stepsOfStart(
  { rootCount, start }: SmallCase,
  hasGenerations: boolean,
): Generator<Step | undefined> {
  if (start.slots.length === 0) return;
  const spare = rootCount - 1;
  for (const age of agesOf(start)) {
    for (const [index, history] of start.histories.entries()) {
      if (ageOf(history) === age) yield* birth(index, index + 1);
    }
    if (age === 0) continue;
    // Garbage beside them: a sweep has something to do, or to leave undone.
    yield { call: "allocate", type: SMALL_TYPE, length: 0, into: spare };
    yield { call: "setRoot", slot: spare, value: 0 };
    yield hasGenerations ? { call: "collect", generation: age - 1 } : { call: "collect" };
  }
  for (const [index, pair] of start.slots.entries()) {
    for (const [field, value] of pair.entries()) {
      if (value === 0) continue;
      yield { call: "set", object: inRoot(index), field, value: inRoot(value - 1) };
    }
  }
  for (const [index, history] of start.histories.entries()) {
    if (history !== "touched") continue;
    yield { call: "setRoot", slot: spare, value: inRoot(index) };
    yield { call: "setRoot", slot: spare, value: 0 };
  }
  for (const [index, isRooted] of start.isRooted.entries()) {
    if (!isRooted) yield { call: "setRoot", slot: index, value: 0 };
  }
  yield undefined;
}

function* stepsOfLetter(letter: Letter, heap: SmallHeap): Generator<Step> {
  const to = (object: number): Path | 0 => {
    const path = pathTo(heap, object);
    return path === undefined ? 0 : { slot: path.root, fields: path.fields };
  };
  switch (letter.do) {
    case "allocate":
      yield* birth(letter.root, heap.slots.length / 2 + 1);
      break;
    case "root":
      yield { call: "setRoot", slot: letter.root, value: to(letter.value) };
      break;
    case "write": {
      const { object, field, value } = letter;
      yield { call: "set", object: to(object) as Path, field, value: to(value) };
      break;
    }
    case "collect":
      yield letter.isYoungOnly ? { call: "collect", generation: 0 } : { call: "collect" };
  }
}
