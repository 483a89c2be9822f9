import { ARENA_SIZE_BYTES, isOuroError, type PrivateHeap } from "@ouro/interfaces";
import { describe, expect, test } from "vitest";
import { createPrivateHeap } from "../src/index.js";

const MIB = ARENA_SIZE_BYTES;
const HEADER_SIZE_WORDS = 32;

/** A heap that has lent, released, reported and reserved: no word of its tables is at rest. */
function usedHeap(backing: "fixed" | "resizable"): PrivateHeap {
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
const frontEndOf = (heap: PrivateHeap) => (heap.arenaTable + heap.arenaCount + 3) & ~3;

/** Whether validate() finds the heap broken when `word` is `value`, and well when put back. */
function isFound(heap: PrivateHeap, word: number, value: number): boolean {
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
const NOT_COVERED = [
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

describe("validate()", () => {
  test.each(["fixed", "resizable"] as const)(
    "finds each word of the tables of a %s heap when all of its bits are turned over",
    (backing) => {
      const heap = usedHeap(backing);
      const missed: number[] = [];
      for (let word = 0; word < frontEndOf(heap); word++) {
        if (!isFound(heap, word, ~heap.words[word]!)) missed.push(word);
      }
      // With `resizable`, nothing bounds the bytes that went back to the host so far.
      expect(missed).toEqual(backing === "fixed" ? [] : [12]);
    },
  );

  test("finds each single bit that is turned over, but for the words listed as not covered", () => {
    const heap = usedHeap("fixed");
    const missed = new Set<string>();
    for (let word = 0; word < frontEndOf(heap); word++) {
      for (let bit = 0; bit < 32; bit++) {
        if (!isFound(heap, word, heap.words[word]! ^ (1 << bit))) missed.add(describeWord(word));
      }
    }
    const expected = NOT_COVERED.map((each) => each.slice(0, each.indexOf(":")));
    expect([...missed].sort()).toEqual(expected.sort());
  });

  test("finds a resizable memory that does not end with its top arena", () => {
    const heap = usedHeap("resizable");
    const buffer = heap.words.buffer as ArrayBuffer & { resize(lengthBytes: number): void };
    buffer.resize(8 * MIB);
    expect(() => heap.validate()).toThrow(
      /private heap at word 0 .* does not end with its top arena/,
    );
  });

  test("names the structure, the word and what is wrong with it", () => {
    const heap = usedHeap("fixed");
    heap.words[heap.arenaTable + 5] = 9;
    expect(() => heap.validate()).toThrow(
      expect.objectContaining({ structure: "private heap", word: heap.arenaTable + 5 }),
    );
    expect(() => heap.validate()).toThrow(/is broken: 9 is not from 0 to 3/);
  });

  test("finds two borrowers of one name, and two regions of one name and borrower", () => {
    const heap = usedHeap("fixed");
    const large = findName(heap, "large");
    heap.words.copyWithin(large, findName(heap, "pools"), findName(heap, "pools") + 2);
    expect(() => heap.validate()).toThrow(/no name, or not the only one/);
    const other = usedHeap("fixed");
    const record = findName(other, "map") + 12;
    expect(other.words[record + 8]).toBe(2);
    other.words[record + 8] = 1;
    expect(() => other.validate()).toThrow(/no name, or not the only one/);
  });
});

/** The record that begins with this name. */
function findName(heap: PrivateHeap, name: string): number {
  const at = Buffer.from(heap.bytes.buffer, 0, heap.arenaTable * 4).indexOf(name);
  expect(at).toBeGreaterThan(0);
  return at / 4;
}

function describeWord(word: number): string {
  if (word < HEADER_SIZE_WORDS) return `header ${word}`;
  const inRecord = (word - HEADER_SIZE_WORDS) % 12;
  if (inRecord < 8) return "names";
  return inRecord === 8 && word >= HEADER_SIZE_WORDS + 16 * 12 ? "region records" : `word ${word}`;
}
