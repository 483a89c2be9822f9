// A heap that was used, and its tables with bits turned over: what validate() finds, word by word.

import { ARENA_SIZE_BYTES, isOuroError, type PrivateHeap } from "@ouro/interfaces";
import { createPrivateHeap } from "../src/index.js";

const MIB = ARENA_SIZE_BYTES;
const HEADER_SIZE_WORDS = 32;

/** A heap that has lent, released, reported and reserved: no word of its tables is at rest. */
export function usedHeap(backing: "fixed" | "resizable"): PrivateHeap {
  const heap = createPrivateHeap({
    reservationBytes: 8 * MIB,
    backing,
    limitBytes: 6 * MIB,
    softLimitBytes: 5 * MIB,
  });
  const pools = heap.registerBorrower("pools");
  const large = heap.registerBorrower("large");
  const third = heap.registerBorrower("third");
  heap.reserveRegion(pools, "map", 64);
  heap.reserveRegion(large, "map", 32);
  heap.reserveArenas(pools, 1);
  heap.reserveArenas(large, 2);
  heap.reserveArenas(third, 3);
  heap.releaseArenas(large, (3 * (MIB / 4)) as never, 1);
  heap.releaseArenas(third, (6 * (MIB / 4)) as never, 1);
  heap.validate();
  return heap;
}

/** Where the tables end: the first region begins there. */
export const frontEndOf = (heap: PrivateHeap) => (heap.arenaTable + heap.arenaCount + 3) & ~3;

/** Whether validate() finds the heap broken when `word` is `value`, and well when put back. */
export function isFound(heap: PrivateHeap, word: number, value: number): boolean {
  const before = heap.words[word]!;
  heap.words[word] = value;
  let isBroken = false;
  try {
    heap.validate();
  } catch (error) {
    if (!isOuroError(error, "heap-corruption")) throw error;
    isBroken = true;
  }
  heap.words[word] = before;
  heap.validate();
  return isBroken;
}

/**
 * Words of which some other value would also be a heap's: nothing in the memory says a second time
 * what the limits are, how often was lent, how high the water stood or what a name was.
 */
const NOT_COVERED: readonly string[] = [
  "header 6: the hard limit",
  "header 7: the soft limit",
  "header 9: the high water",
  "header 10: the count of reservations",
  "header 11: the count of arenas taken back",
  "header 13: the end of what was touched",
  "header 15: the hint where to look for a free arena",
  "names: another printable character",
  "region records: another borrower",
];

/** Kinds of words of which one bit was turned over without being found; each once, sorted. */
export function kindsMissed(heap: PrivateHeap): string[] {
  const missed = new Set<string>();
  for (let word = 0; word < frontEndOf(heap); word++) {
    for (let bit = 0; bit < 32; bit++) {
      if (!isFound(heap, word, heap.words[word]! ^ (1 << bit))) missed.add(describeWord(word));
    }
  }
  return [...missed].sort();
}

export const kindsNotCovered: readonly string[] = NOT_COVERED.map((each) =>
  each.slice(0, each.indexOf(":")),
).sort();

function describeWord(word: number): string {
  if (word < HEADER_SIZE_WORDS) return `header ${word}`;
  const inRecord = (word - HEADER_SIZE_WORDS) % 12;
  if (inRecord < 8) return "names";
  return inRecord === 8 && word >= HEADER_SIZE_WORDS + 16 * 12 ? "region records" : `word ${word}`;
}
