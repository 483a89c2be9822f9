// Every heap of so many objects, up to renaming: of all heaps that differ only in the numbers of
// objects, or in the order of an object's two slots, the one with the smallest code. Beside the
// graph it says which objects roots hold, and the state that each object is in.
//
//   object   │ slot value (low) │ slot value (high) │ rooted │ state │        code: all of them

import type { Traits } from "@ouro/interfaces";

/**
 * What an object went through before the program: nothing; so many collections, by generation; or
 * a reference to it that was made and dropped, so that counting takes it for a candidate.
 */
export type History = number | "touched";

export interface StartHeap {
  /** For each object the numbers in its two slots. */
  readonly slots: readonly (readonly [number, number])[];
  readonly isRooted: readonly boolean[];
  readonly histories: readonly History[];
}

export const EMPTY_HEAP: StartHeap = { slots: [], isRooted: [], histories: [] };

/** The ages in which objects are born, the oldest first; a candidate is as young as can be. */
export function agesOf({ histories }: StartHeap): number[] {
  return [...new Set(histories.map(ageOf))].sort((one, other) => other - one);
}

export const ageOf = (history: History): number => (history === "touched" ? 0 : history);

/** The states that an object can be in, by what the strategy says of itself. */
export function historiesOf({ counts }: Traits, oldestGeneration: number): readonly History[] {
  if (oldestGeneration > 0) return [...new Array(oldestGeneration + 1).keys()];
  return counts ? [0, "touched"] : [0, 1];
}

/**
 * Every `stride`-th heap of `objectCount` objects, of those left after renaming; `isAnyMix` lets
 * each object have a history of its own, else all have the same. Another seed begins elsewhere.
 */
export function* startHeaps(
  objectCount: number,
  histories: readonly History[],
  isAnyMix: boolean,
  stride: number,
  seed = 1,
): Generator<StartHeap> {
  const pairs = pairsUpTo(objectCount);
  const renamings = permutations(objectCount);
  const graphCount = pairs.length ** objectCount;
  const rootSetCount = 2 ** objectCount;
  const mixCount = isAnyMix ? histories.length ** objectCount : histories.length;
  const totalCount = graphCount * rootSetCount * mixCount;
  const firstCode = (seed - 1) % stride;
  for (let code = firstCode; code < totalCount; code += stride) {
    const rest = Math.floor(code / graphCount);
    const graph = digitsOf(code % graphCount, pairs.length, objectCount);
    const roots = digitsOf(rest % rootSetCount, 2, objectCount);
    const mix = Math.floor(rest / rootSetCount);
    const states = isAnyMix
      ? digitsOf(mix, histories.length, objectCount)
      : new Array<number>(objectCount).fill(mix);
    const slots = graph.map((digit) => pairs[digit] as readonly [number, number]);
    if (!isSmallest(slots, roots, states, renamings)) continue;
    yield {
      slots,
      isRooted: roots.map((digit) => digit === 1),
      histories: states.map((digit) => histories[digit] as History),
    };
  }
}

/** Both values of an object's slots, the lower one first. */
function pairsUpTo(objectCount: number): (readonly [number, number])[] {
  const pairs: (readonly [number, number])[] = [];
  for (let low = 0; low <= objectCount; low++) {
    for (let high = low; high <= objectCount; high++) pairs.push([low, high]);
  }
  return pairs;
}

function digitsOf(number: number, base: number, count: number): number[] {
  const digits: number[] = [];
  for (let left = number; digits.length < count; left = Math.floor(left / base)) {
    digits.push(left % base);
  }
  return digits;
}

/** Each maps the index of an object to its new index; the first changes none. */
function permutations(count: number): number[][] {
  let found: number[][] = [[]];
  for (let next = 0; next < count; next++) {
    found = found.flatMap((order) =>
      [...new Array(next + 1).keys()].map((back) => {
        const place = next - back;
        return [...order.slice(0, place), next, ...order.slice(place)];
      }),
    );
  }
  return found;
}

const CODES_PER_OBJECT = 512;

/** O(renamings · objects). */
function isSmallest(
  slots: readonly (readonly [number, number])[],
  roots: readonly number[],
  states: readonly number[],
  renamings: readonly (readonly number[])[],
): boolean {
  const codes = new Array<number>(slots.length).fill(0);
  let own = -1;
  for (const renaming of renamings) {
    for (let index = 0; index < slots.length; index++) {
      const [one, other] = slots[index] as readonly [number, number];
      const low = one === 0 ? 0 : (renaming[one - 1] as number) + 1;
      const high = other === 0 ? 0 : (renaming[other - 1] as number) + 1;
      const pair = Math.min(low, high) * 8 + Math.max(low, high);
      const rest = (roots[index] as number) * 4 + (states[index] as number);
      codes[renaming[index] as number] = pair * 8 + rest;
    }
    let code = 0;
    for (const each of codes) code = code * CODES_PER_OBJECT + each;
    if (own < 0) own = code;
    else if (code < own) return false;
  }
  return true;
}
