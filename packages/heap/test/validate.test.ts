import { ARENA_SIZE_BYTES, type PrivateHeap } from "@ouro/interfaces";
import { describe, expect, test } from "vitest";
import { frontEndOf, isFound, kindsMissed, kindsNotCovered, usedHeap } from "./turned-bits.js";

const MIB = ARENA_SIZE_BYTES;

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
    expect(kindsMissed(heap)).toEqual(kindsNotCovered);
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
