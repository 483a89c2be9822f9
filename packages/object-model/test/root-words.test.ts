// Small parts by the word: handles beyond the first 32, a walk where every handle is in use, rows
// of weak references, mutators under stress and without memory, lists that program code changes.

import { createPrivateHeap } from "@ouro/heap";
import {
  immediateOf,
  type Mutator,
  type Reference,
  type Slot,
  slotAt,
  type TypeDescriptor,
} from "@ouro/interfaces";
import { createMemoryManager } from "@ouro/memory-manager";
import { semispaceStrategy } from "@ouro/semispace";
import { describe, expect, it } from "vitest";
import {
  createLists,
  createMaps,
  createRootStack,
  createStressMutator,
  createTypeTable,
  describeType,
  validateObjects,
} from "../src/index.js";
import { makeManager } from "./manager.js";

function makeParts(handleLimitCount: number, typeLimitCount = 31) {
  const heap = createPrivateHeap({ reservationBytes: 4 << 20, regionBytes: 1 << 20 });
  const borrower = heap.registerBorrower("test");
  const roots = createRootStack({ heap, borrower, handleLimitCount, frameSlotLimitCount: 8 });
  return { roots, words: heap.words, types: createTypeTable({ heap, borrower, typeLimitCount }) };
}

describe("the root stack", () => {
  it("gives back handles beyond the first word of bits, and takes the lowest again", () => {
    const { roots } = makeParts(96);
    const taken = Array.from({ length: 80 }, () => roots.takeHandle()) as Slot[];
    const [low, high] = [taken[3], taken[70]] as [Slot, Slot];
    roots.giveHandle(high);
    expect([roots.isLive(high), roots.isLive(taken[6] as Slot)]).toEqual([false, true]);
    roots.giveHandle(low);
    expect(roots.takeHandle()).toBe(low);
    expect(roots.takeHandle()).toBe(high);
    roots.giveHandle(low);
    roots.giveHandle(high);
    expect(roots.takeHandle()).toBe(low);
    roots.validate();
  });

  it("writes no word before its own when no handle is left", () => {
    const { roots, words } = makeParts(32);
    const before = words.slice(0, roots.topWord);
    for (let count = 0; count < 33; count++) roots.takeHandle();
    expect(words.slice(0, roots.topWord)).toEqual(before);
  });

  it("takes no handle by its slot that is in use", () => {
    const { roots } = makeParts(64);
    const slot = (roots.start + 40) as Slot;
    expect([roots.takeHandleAt(slot), roots.takeHandleAt(slot)]).toEqual([true, false]);
    expect(roots.liveHandleCount).toBe(1);
    roots.validate();
  });

  it("is walked once where every handle is in use, whatever the first one holds", () => {
    const { roots, words } = makeParts(64);
    for (let count = 0; count < 64; count++) roots.takeHandle();
    words[roots.start] = -1;
    words[roots.topWord] = roots.framesStart + 1;
    const walked: number[] = [];
    roots.walk((slot) => walked.push(slot - roots.start));
    expect(walked).toEqual(Array.from({ length: 65 }, (_, index) => index));
  });
});

describe("the type table", () => {
  const weak = describeType({
    ...{ name: "weak", visitedSlotCount: 1, ownedSlotCount: 2, rawWordCount: 3 },
    ...{ weakReference: true, collected: true },
  });

  it("has types of weak references with the fields of those, or with more raw words", () => {
    const { types } = makeParts(8);
    types.define(weak);
    types.define({ ...weak, name: "more", rawWordCount: 4 });
    expect(types.count).toBe(2);
  });

  it.each<[string, Partial<TypeDescriptor>]>([
    ["no visited slot", { visitedSlotCount: 0 }],
    ["two visited slots", { visitedSlotCount: 2 }],
    ["one owned-only slot", { ownedSlotCount: 1 }],
    ["three owned-only slots", { ownedSlotCount: 3 }],
    ["two raw words", { rawWordCount: 2 }],
    ["a variable part", { variablePart: "raw" }],
  ])("refuses one with %s", (_name, change) => {
    const { types } = makeParts(8);
    expect(() => types.define({ ...weak, ...change })).toThrow(
      'type "weak" is of weak references and has not their fields. ' +
        "Give it one visited slot, two owned-only slots and three raw words",
    );
  });

  it("says what gives room for more types", () => {
    const { types } = makeParts(8, 1);
    types.define(weak);
    expect(() => types.define({ ...weak, name: "other" })).toThrow(
      'type "other" is one more than 1 types. Raise typeLimitCount',
    );
  });
});

describe("a mutator", () => {
  it("under stress collects before every safepoint that is due, and passes it on", () => {
    const strategy = semispaceStrategy({ collectionIntervalCount: 1, minimumBytes: 2 ** 20 });
    const manager = makeManager({ strategy, isWide: true });
    const { mutator, collector } = manager;
    const pair = manager.defineType({ name: "pair", visitedSlotCount: 2 });
    const row = manager.defineType({ name: "row", variablePart: "visited" });
    const frame = mutator.enter(1);
    const plain = createStressMutator({ mutator, collectEvery: 1000 });
    const stressed = createStressMutator({ mutator, collectEvery: 1 });
    const collections = (call: () => unknown): number => {
      const before = collector.statistics().collectionCount;
      call();
      return collector.statistics().collectionCount - before;
    };
    for (const call of [
      ({ allocate }: Mutator) => allocate(pair, frame),
      ({ allocateArray }: Mutator) => allocateArray(row, 2, frame),
      ({ poll }: Mutator) => poll(),
    ]) {
      expect([mutator, plain, stressed].map((each) => collections(() => call(each)))).toEqual([
        ...[1, 1, 2],
      ]);
    }
    expect(() => createStressMutator({ mutator, collectEvery: 0 })).toThrow(
      /^createStressMutator: collectEvery 0 is not a whole number from 1/,
    );
  });

  it("collects when memory runs out, before it says so", () => {
    const manager = createMemoryManager("cpython-3.13", { limitBytes: 6 << 20 });
    const { mutator } = manager;
    const row = manager.defineType({ name: "row", variablePart: "visited" });
    const frame = mutator.enter(1);
    for (let count = 0; count < 40; count++) {
      const object = mutator.allocateArray(row, 100_000, frame);
      mutator.set(object, 1, object);
    }
    manager.validate();
  });

  it("leaves objects that a validation finds, if words are written past it", () => {
    const { mutator, heap, types, roots, collector, defineType } = makeManager();
    const frame = mutator.enter(2);
    const row = defineType({ name: "row", variablePart: "raw" });
    const first = mutator.allocateArray(row, 1, frame);
    const second = mutator.allocateArray(row, 1, slotAt(frame, 1));
    heap.words[first + 2] = second - first;
    expect(() => validateObjects(heap.words, types, roots, collector)).toThrow(
      `object at word ${second} is broken: it overlaps the one before it.`,
    );
  });

  it("says where the fields of an object begin", () => {
    const { mutator, defineType } = makeManager();
    const frame = mutator.enter(1);
    const object = mutator.allocate(defineType({ name: "pair", visitedSlotCount: 2 }), frame);
    expect(mutator.fieldsStart(object)).toBe(object + 2);
  });
});

describe("a list or a map that program code changes while it grows", () => {
  function makeScene() {
    const manager = createMemoryManager("cpython-3.13", { checked: true, collectEvery: 1 });
    const { mutator, collector } = manager;
    const final = manager.defineType({ name: "final", visitedSlotCount: 1, finalizer: true });
    const lists = createLists(manager);
    const maps = createMaps(manager);
    const frame = mutator.enter(6);
    const slot = (index: number): Slot => slotAt(frame, index);
    let action = (): void => {};
    collector.finalization?.setFinalizer(final, () => action());
    function whenNextCollected(run: () => void): void {
      action = run;
      const object = mutator.allocate(final, slot(3));
      mutator.set(object, 0, object);
      mutator.setRoot(slot(3), 0);
    }
    const at = (index: number): Reference => mutator.root(slot(index)) as Reference;
    return { ...manager, lists, maps, slot, at, whenNextCollected };
  }

  it("has what was appended meanwhile, and then what it grew for", () => {
    const { lists, mutator, slot, at, whenNextCollected, validate } = makeScene();
    lists.allocate(slot(0));
    let isDone = false;
    whenNextCollected(() => {
      if (isDone) return;
      isDone = true;
      for (let count = 0; count < 12; count++) lists.append(slot(0), slot(2));
    });
    mutator.setRoot(slot(1), -7);
    lists.append(slot(0), slot(1));
    expect(isDone).toBe(true);
    expect([lists.lengthOf(at(0)), lists.get(at(0), 12)]).toEqual([13, -7]);
    lists.validate(at(0));
    validate();
  });

  it("is extended by what its source has still", () => {
    const { lists, slot, at, whenNextCollected, validate } = makeScene();
    for (const index of [0, 1]) lists.allocate(slot(index));
    for (let count = 0; count < 6; count++) lists.append(slot(1), slot(2));
    let isDone = false;
    whenNextCollected(() => {
      isDone = true;
      while (lists.lengthOf(at(1)) > 2) lists.pop(slot(1), slot(2));
    });
    lists.extend(slot(0), slot(1));
    expect(isDone).toBe(true);
    expect(lists.lengthOf(at(0))).toBe(2);
    lists.validate(at(0));
    validate();
  });

  it("has what was set meanwhile, and then what it grew for", () => {
    const { maps, mutator, slot, at, whenNextCollected, validate } = makeScene();
    maps.allocate(slot(0));
    function set(key: Slot, value: Slot, number: number): void {
      mutator.setRoot(key, immediateOf(number));
      mutator.setRoot(value, immediateOf(-number));
      maps.set(slot(0), key, value);
    }
    for (let count = 0; count < 5; count++) set(slot(1), slot(2), count);
    let isDone = false;
    whenNextCollected(() => {
      if (isDone) return;
      isDone = true;
      for (let count = 100; count < 140; count++) set(slot(4), slot(5), count);
    });
    set(slot(1), slot(2), 5);
    expect(isDone).toBe(true);
    expect(maps.sizeOf(at(0))).toBe(46);
    expect(maps.get(at(0), immediateOf(5))).toBe(immediateOf(-5));
    expect(maps.get(at(0), immediateOf(139))).toBe(immediateOf(-139));
    maps.validate(at(0));
    validate();
  });
});
