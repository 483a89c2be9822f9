// Keys of maps whose hashes are the same and who are not, how much room lists and maps take, who
// refuses the key none, and lists that program code changes while they grow.

import { immediateOf, type Reference, type Slot, slotAt, type Value } from "@ouro/interfaces";
import { describe, expect, it } from "vitest";
import { createByteArrays, createLists, createMaps, createStrings } from "../src/index.js";
import { makeManager } from "./manager.js";

function makeScene(checked = true) {
  const manager = makeManager({ checked });
  const { mutator } = manager;
  const strings = createStrings(manager);
  const maps = createMaps({ ...manager, strings });
  const frame = mutator.enter(8);
  const slot = (index: number): Slot => slotAt(frame, index);
  const at = (index: number): Reference => mutator.root(slot(index)) as Reference;
  maps.allocate(slot(0));
  function set(key: Slot, value: number): void {
    mutator.setRoot(slot(7), immediateOf(value));
    maps.set(slot(0), key, slot(7));
  }
  const lists = createLists(manager);
  return { ...manager, strings, maps, lists, bytes: createByteArrays(manager), slot, at, set };
}

const rotateBack = (word: number): number => (word >>> 15) | (word << 17);

/** The word that MurmurHash3's last step makes `hash` of. */
function unmix(hash: number): number {
  let word = hash ^ (hash >>> 16);
  word = Math.imul(word, 0x7ed1b41d);
  word ^= (word >>> 13) ^ (word >>> 26);
  word = Math.imul(word, 0xa5cb9243);
  return word ^ (word >>> 16);
}

/** Eight bytes with the hash of others: the second word undoes what the first one changed. */
function sameHash(first: number, second: number, otherFirst: number): [number, number] {
  const part = (word: number): number => {
    const scaled = Math.imul(word, 0xcc9e2d51);
    return Math.imul((scaled << 15) | (scaled >>> 17), 0x1b873593);
  };
  const next = (word: number): number => {
    const state = part(word);
    return (Math.imul((state << 13) | (state >>> 19), 5) + 0xe6546b64) | 0;
  };
  const wanted = part(second) ^ next(first) ^ next(otherFirst);
  const scaled = rotateBack(Math.imul(wanted, inverseOf(0x1b873593)));
  return [otherFirst, Math.imul(scaled, inverseOf(0xcc9e2d51))];
}

/** Of an odd number, modulo 2^32. */
function inverseOf(odd: number): number {
  let inverse = odd;
  for (let step = 0; step < 5; step++) {
    inverse = Math.imul(inverse, 2 - Math.imul(odd, inverse));
  }
  return inverse;
}

function unitsOf(words: readonly number[]): number[] {
  return words.flatMap((word) => [0, 8, 16, 24].map((shift) => (word >>> shift) & 0xff));
}

describe("a map tells keys of one hash apart", () => {
  it.each([true, false])("when both are strings; checked: %s", (checked) => {
    const { strings, maps, slot, at, set } = makeScene(checked);
    const words = [0x64636261, 0x68676665];
    strings.allocateUnits(unitsOf(words), 0, 8, slot(1));
    const others = sameHash(words[0] as number, words[1] as number, 0x31323334);
    strings.allocateUnits(unitsOf(others), 0, 8, slot(2));
    expect(strings.hash(at(1))).toBe(strings.hash(at(2)));
    set(slot(1), 1);
    set(slot(2), 2);
    expect(maps.sizeOf(at(0))).toBe(2);
    expect(maps.get(at(0), at(1))).toBe(immediateOf(1));
    expect(maps.get(at(0), at(2))).toBe(immediateOf(2));
    maps.validate(at(0));
  });

  it.each([true, false])("when one is a string and one is none; checked: %s", (checked) => {
    const { strings, maps, mutator, slot, at, set } = makeScene(checked);
    let texts = 0;
    for (let count = 0; count < 20; count++) {
      strings.allocate(`key ${count}`, slot(1));
      const immediate = unmix(strings.hash(at(1)));
      if (immediate >= 0) continue;
      texts++;
      mutator.setRoot(slot(2), immediate as Value);
      set(slot(1), count);
      set(slot(2), -count);
      expect(maps.get(at(0), at(1))).toBe(immediateOf(count));
      expect(maps.get(at(0), immediate as Value)).toBe(immediateOf(-count));
    }
    expect(texts).toBeGreaterThan(4);
    expect(maps.sizeOf(at(0))).toBe(2 * texts);
    maps.validate(at(0));
  });
});

describe("a map", () => {
  it("says which call was given the key none", () => {
    const { maps, slot, at } = makeScene(false);
    const calls: Record<string, () => unknown> = {
      has: () => maps.has(at(0), 0),
      get: () => maps.get(at(0), 0),
      set: () => maps.set(slot(0), slot(6), slot(7)),
      delete: () => maps.delete(at(0), 0),
      take: () => maps.take(slot(6), at(0), 0),
    };
    for (const [name, call] of Object.entries(calls)) {
      expect(call).toThrow(`maps.${name}: key none cannot be told from no key`);
    }
  });

  it("has nothing behind its last entry, deleted or not", () => {
    const { maps, mutator, slot, at, set } = makeScene();
    for (let count = 0; count < 5; count++) {
      mutator.setRoot(slot(1), immediateOf(count));
      set(slot(1), count);
    }
    expect(maps.next(at(0), 4)).toBe(4);
    expect(maps.next(at(0), 5)).toBe(-1);
    maps.delete(at(0), immediateOf(4));
    expect(maps.next(at(0), 4)).toBe(-1);
    set(slot(1), 4);
    expect([maps.next(at(0), 4), maps.next(at(0), 5)]).toEqual([4, -1]);
  });

  it("has room for two thirds of a table of three times its entries", () => {
    const { maps, mutator, slot, at, set } = makeScene();
    const rooms: number[] = [];
    for (let count = 0; count < 22; count++) {
      mutator.setRoot(slot(1), immediateOf(count));
      set(slot(1), count);
      rooms.push(mutator.lengthOf(mutator.get(at(0), 1) as Reference) / 2);
    }
    expect(rooms).toEqual(
      [...new Array(5).fill(5), ...new Array(5).fill(10)].concat([...new Array(11).fill(21), 42]),
    );
    for (let count = 0; count < 20; count++) maps.delete(at(0), immediateOf(count));
    for (let count = 30; count < 60; count++) {
      mutator.setRoot(slot(1), immediateOf(count));
      set(slot(1), count);
      maps.validate(at(0));
    }
  });
});

it("a list has as much room as CPython's, a little more than it needs", () => {
  const { lists, mutator, slot, at } = makeScene();
  const roomAfter = (length: number, count: number): number => {
    lists.allocate(slot(1));
    lists.allocate(slot(2));
    for (let index = 0; index < length; index++) lists.append(slot(1), slot(6));
    for (let index = 0; index < count; index++) lists.append(slot(2), slot(6));
    lists.extend(slot(1), slot(2));
    return mutator.lengthOf(mutator.get(at(1), 0) as Reference);
  };
  expect([roomAfter(1, 0), roomAfter(5, 0), roomAfter(9, 0)]).toEqual([4, 8, 16]);
  expect([roomAfter(0, 5), roomAfter(0, 6), roomAfter(0, 7), roomAfter(0, 100)]).toEqual([
    ...[8, 12, 8, 100],
  ]);
});
