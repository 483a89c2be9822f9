// Counts too large for a byte, exact, in a table of pairs in linear memory: open addressing, one
// step at a time. It begins small, and when it is three quarters full it moves to the next part of
// its region, twice as large, so that few large counts touch little memory.
//
//   region   │ not used │ 2^k pairs │ 2^(k+1) pairs │ 2^(k+2) pairs …       pair │ object │ count │
//                         at 2^k       at 2^(k+1)       at 2^(k+2)
//
// Who is counted often is counted often in a row, as the type of all objects of a list is: the last
// pair is kept at hand. Source: Knuth, The Art of Computer Programming, 6.4, Algorithm L.

import { expectSound, type Region } from "@ouro/interfaces";

const START_PAIRS = 64;
/** What is left of the product says where to look first. Knuth, 6.4: multiplicative hashing. */
const HASH_FACTOR = 0x9e3779b1 | 0;

export interface OverflowCounts {
  /** Begins to count an object, which is not there yet, from `count` on. O(1) amortised. */
  begin(object: number, count: number): void;
  /** One more reference to an object that is there. O(1). */
  add(object: number): void;
  /** O(1). */
  countOf(object: number): number;
  /** Forgets all. O(table). */
  reset(): void;
}

export function createOverflowCounts(words: Int32Array, region: Region): OverflowCounts {
  const pairLimit = 1 << (30 - Math.clz32(region.sizeWords >> 1));
  let pairs = START_PAIRS;
  let usedCount = 0;
  let lastObject = 0;
  let lastPlace = 0;

  /** Where the object's pair is, or would be. */
  function placeOf(object: number): number {
    if (object === lastObject) return lastPlace;
    const table = region.start + (pairs << 1);
    let index = Math.imul(object >> 2, HASH_FACTOR) >>> (Math.clz32(pairs) + 1);
    for (;;) {
      const place = table + (index << 1);
      const there = words[place];
      if (there === 0) return place;
      if (there === object) {
        lastObject = object;
        lastPlace = place;
        return place;
      }
      index = (index + 1) & (pairs - 1);
    }
  }

  function begin(object: number, count: number): void {
    if (usedCount >= pairs - (pairs >> 2)) grow();
    const place = placeOf(object);
    words[place] = object;
    words[place + 1] = count;
    usedCount++;
  }

  function grow(): void {
    const problem = "there are more large counts than references";
    expectSound(pairs < pairLimit, "overflow counts", region.start, problem);
    const oldStart = region.start + (pairs << 1);
    const oldEnd = oldStart + (pairs << 1);
    pairs <<= 1;
    lastObject = 0;
    for (let old = oldStart; old < oldEnd; old += 2) {
      const object = words[old] as number;
      if (object === 0) continue;
      const place = placeOf(object);
      words[place] = object;
      words[place + 1] = words[old + 1] as number;
      lastObject = 0;
    }
    words.fill(0, oldStart, oldEnd);
  }

  return {
    begin,
    add(object) {
      const place = placeOf(object) + 1;
      words[place] = (words[place] as number) + 1;
    },
    countOf: (object) => words[placeOf(object) + 1] as number,
    reset() {
      if (usedCount > 0) {
        const start = region.start + (pairs << 1);
        words.fill(0, start, start + (pairs << 1));
      }
      pairs = START_PAIRS;
      usedCount = 0;
      lastObject = 0;
    },
  };
}
