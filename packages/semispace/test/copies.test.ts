// What becomes of single objects when everything moves: the fields of a pair, raw words behind two
// fields, an object that something wrote over, and where objects no longer begin.

import { type Reference, type Slot, slotAt } from "@ouro/interfaces";
import { composeMemoryManager } from "@ouro/memory-manager";
import { describe, expect, it } from "vitest";
import { semispaceStrategy } from "../src/index.js";

function compose() {
  const manager = composeMemoryManager({
    strategy: semispaceStrategy({ minimumBytes: 2 ** 20 }),
    reservationBytes: 2 ** 25,
  });
  const { mutator } = manager;
  const frame = mutator.enter(4);
  const slot = (index: number): Slot => slotAt(frame, index);
  const root = (index: number): Reference => mutator.root(slot(index)) as Reference;
  return { manager, mutator, collector: manager.collector, slot, root };
}

describe("a copy", () => {
  it.each([0, 2])("has the objects of two fields follow it, and %d raw words", (rawWordCount) => {
    const { manager, mutator, slot, root } = compose();
    const type = manager.defineType({ name: "both", visitedSlotCount: 2, rawWordCount });
    for (const each of [0, 1, 2]) mutator.allocate(type, slot(each));
    for (let word = 0; word < rawWordCount; word++) mutator.setWord(root(0), 2 + word, 4 * word);
    mutator.give(root(0), 0, slot(1));
    mutator.give(root(0), 1, slot(2));
    expect(mutator.collect()).toMatchObject({ examinedCount: 3, reclaimedCount: 0 });
    manager.validate();
    for (const field of [0, 1]) {
      const child = mutator.get(root(0), field) as Reference;
      expect([manager.collector.isObject(child), mutator.get(child, 0)]).toEqual([true, 0]);
    }
    for (let word = 0; word < rawWordCount; word++) {
      expect(mutator.word(root(0), 2 + word)).toBe(4 * word);
    }
  });

  it("of what has lost its type ends the collection, and says so", () => {
    const { manager, mutator, slot, root } = compose();
    const pair = manager.defineType({ name: "pair", visitedSlotCount: 2 });
    mutator.allocate(pair, slot(0));
    mutator.allocate(pair, slot(1));
    manager.heap.words[root(1) + 1] = 0;
    expect(() => mutator.collect()).toThrow(/^object at word \d+ is broken: its type is none\./);
  });
});

describe("a word where an object was", () => {
  it("is none after a collection, above the space and below it", () => {
    const { manager, mutator, collector, slot, root } = compose();
    const pair = manager.defineType({ name: "pair", visitedSlotCount: 2 });
    mutator.allocate(pair, slot(0));
    const places: number[] = [];
    for (let round = 0; round < 4; round++) {
      const here = root(0);
      expect(collector.isObject(here)).toBe(true);
      places.push(here);
      mutator.collect();
      expect(collector.isObject(here)).toBe(false);
    }
    expect(new Set(places).size).toBe(2);
  });

  it("is none behind the last object, where a dead one was before the space came back", () => {
    const { manager, mutator, collector, slot, root } = compose();
    const pair = manager.defineType({ name: "pair", visitedSlotCount: 2 });
    mutator.allocate(pair, slot(0));
    const dead = mutator.allocate(pair, slot(1));
    const place = root(0);
    expect(collector.isObject(dead)).toBe(true);
    mutator.setRoot(slot(1), 0);
    while (mutator.collect().examinedCount > 1 || root(0) !== place);
    expect(collector.isObject(place)).toBe(true);
    expect(collector.isObject(dead)).toBe(false);
  });
});
