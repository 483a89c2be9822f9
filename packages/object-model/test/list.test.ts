import {
  HeapCorruptionError,
  immediateOf,
  OutOfMemoryError,
  type Reference,
  type Slot,
  slotAt,
  UsageError,
  type Value,
} from "@ouro/interfaces";
import { describe, expect, it } from "vitest";
import { createLists, createMaps, createStrings } from "../src/index.js";
import { makeManager } from "./manager.js";

function makeList() {
  const manager = makeManager({ checked: true });
  const { mutator } = manager;
  const lists = createLists(manager);
  const frame = mutator.enter(3);
  lists.allocate(frame);
  const list = () => mutator.root(frame) as Reference;
  const storage = () => mutator.get(list(), 0) as Reference;
  const append = (integer: number) => {
    mutator.setRoot(slotAt(frame, 1), immediateOf(integer));
    lists.append(frame, slotAt(frame, 1));
  };
  return { manager, mutator, lists, frame, list, storage, append };
}

describe("a list", () => {
  it("grows as CPython's does", () => {
    const { mutator, storage, append } = makeList();
    const capacities = new Set<number>();
    for (let count = 0; count < 100; count++) {
      append(count);
      capacities.add(mutator.lengthOf(storage()));
    }
    expect([...capacities]).toEqual([4, 8, 16, 24, 32, 40, 52, 64, 76, 92, 108]);
  });

  it("gives room back when less than half of it is used, and all when it is empty", () => {
    const { mutator, lists, frame, list, storage, append } = makeList();
    for (let count = 0; count < 100; count++) append(count);
    while (lists.lengthOf(list()) > 54) lists.pop(frame, slotAt(frame, 1));
    expect(mutator.lengthOf(storage())).toBe(108);
    while (lists.lengthOf(list()) > 40) lists.pop(frame, slotAt(frame, 1));
    expect(mutator.lengthOf(storage())).toBe(64);
    while (lists.lengthOf(list()) > 0) lists.pop(frame, slotAt(frame, 1));
    expect(storage()).toBe(0);
  });

  it("keeps its identity, and may hold itself", () => {
    const { mutator, lists, frame, list, append } = makeList();
    mutator.setRoot(slotAt(frame, 2), list());
    for (let count = 0; count < 30; count++) append(count);
    expect(mutator.root(slotAt(frame, 2))).toBe(list());
    lists.append(frame, slotAt(frame, 2));
    expect(lists.get(list(), 30)).toBe(list());
    lists.validate(list());
  });

  it("without elements says so when it is popped, and stays as it is", () => {
    const { lists, list, frame } = makeList();
    expect(() => lists.pop(frame, slotAt(frame, 1))).toThrow("lists.pop: the list has no element");
    lists.validate(list());
  });

  it.each([
    ["more elements than room", 1, 99, /more elements than room/],
    ["a forgotten element behind its end", 1, 2, /its room at 2 is not empty/],
  ])("with %s is found broken", (_, field, count, problem) => {
    const { mutator, lists, list, append } = makeList();
    for (let value = 0; value < 3; value++) append(value);
    mutator.setWord(list(), field, count);
    expect(() => lists.validate(list())).toThrow(HeapCorruptionError);
    expect(() => lists.validate(list())).toThrow(problem);
  });
});

/** A manager with a list, a map, a text, 5 and none. */
function makeKindRig() {
  const manager = makeManager({ checked: true });
  const { mutator } = manager;
  const [lists, maps, strings] = [
    createLists(manager),
    createMaps(manager),
    createStrings(manager),
  ];
  const frame = mutator.enter(5);
  const [list, map, text, five, none] = [0, 1, 2, 3, 4].map((index) => slotAt(frame, index)) as [
    Slot,
    Slot,
    Slot,
    Slot,
    Slot,
  ];
  lists.allocate(list);
  maps.allocate(map);
  strings.allocate("text", text);
  mutator.setRoot(five, immediateOf(5));
  const at = (slot: Slot) => mutator.root(slot) as Reference;
  return { manager, lists, maps, strings, list, map, text, five, none, at };
}

type KindRig = ReturnType<typeof makeKindRig>;

describe("what is not a list or a map is refused by the call in checked mode", () => {
  const kinds: [string, "text" | "none" | "five", string][] = [
    ["a string", "text", 'an object of type "string-8" is not a'],
    ["none", "none", "none is not a"],
    ["an immediate", "five", "an immediate is not a"],
  ];
  const listCalls: Record<string, (slot: Slot, rig: KindRig) => unknown> = {
    lengthOf: (slot, { lists, at }) => lists.lengthOf(at(slot)),
    get: (slot, { lists, at }) => lists.get(at(slot), 0),
    set: (slot, { lists, at }) => lists.set(at(slot), 0, 0),
    give: (slot, { lists, at, five }) => lists.give(at(slot), 0, five),
    append: (slot, { lists, five }) => lists.append(slot, five),
    insert: (slot, { lists, five }) => lists.insert(slot, 0, five),
    removeAt: (slot, { lists, five }) => lists.removeAt(slot, 0, five),
    pop: (slot, { lists, five }) => lists.pop(slot, five),
    extend: (slot, { lists, list }) => lists.extend(list, slot),
    clear: (slot, { lists, at }) => lists.clear(at(slot)),
  };
  const mapCalls: Record<string, (slot: Slot, rig: KindRig) => unknown> = {
    sizeOf: (slot, { maps, at }) => maps.sizeOf(at(slot)),
    has: (slot, { maps, at }) => maps.has(at(slot), -1 as Value),
    get: (slot, { maps, at }) => maps.get(at(slot), -1 as Value),
    set: (slot, { maps, five }) => maps.set(slot, five, five),
    delete: (slot, { maps, at }) => maps.delete(at(slot), -1 as Value),
    take: (slot, { maps, at, five }) => maps.take(five, at(slot), -1 as Value),
    clear: (slot, { maps, at }) => maps.clear(at(slot)),
    next: (slot, { maps, at }) => maps.next(at(slot), 0),
    keyAt: (slot, { maps, at }) => maps.keyAt(at(slot), 0),
    valueAt: (slot, { maps, at }) => maps.valueAt(at(slot), 0),
    rehash: (slot, { maps, at }) => maps.rehash(at(slot)),
  };

  it.each(kinds)("%s", (_title, what, message) => {
    const rig = makeKindRig();
    const slot = rig[what];
    for (const [name, call] of Object.entries(listCalls)) {
      expect(() => call(slot, rig)).toThrow(UsageError);
      expect(() => call(slot, rig)).toThrow(
        `lists.${name}: ${message} list. Pass one that lists.allo`,
      );
    }
    for (const [name, call] of Object.entries(mapCalls)) {
      expect(() => call(slot, rig)).toThrow(UsageError);
      expect(() => call(slot, rig)).toThrow(
        `maps.${name}: ${message} map. Pass one that maps.allocate`,
      );
    }
    rig.manager.validate();
  });

  it("each for the other, and each is taken for itself", () => {
    const { lists, maps, list, map, five, at } = makeKindRig();
    expect(() => lists.append(map, five)).toThrow('an object of type "map" is not a list');
    expect(() => maps.sizeOf(at(list))).toThrow('an object of type "list" is not a map');
    expect(maps.sizeOf(at(map))).toBe(0);
    expect(lists.lengthOf(at(list))).toBe(0);
  });

  it("an index of what has no element", () => {
    const { lists, strings, list, text, five, at } = makeKindRig();
    const message = "index 0 names nothing: there are no elements. Ask for the length first";
    expect(() => lists.get(at(list), 0)).toThrow(`lists.get: ${message}`);
    expect(() => lists.removeAt(list, 0, five)).toThrow(`lists.removeAt: ${message}`);
    strings.allocate("", text);
    expect(() => strings.unitAt(at(text), 0)).toThrow(`strings.unitAt: ${message}`);
  });
});

describe("when memory runs out", () => {
  it("a list, a map and a string are as they were, and go on when there is memory again", () => {
    const manager = makeManager({ limitBytes: 3 << 20 });
    const { mutator, heap } = manager;
    const [lists, maps, strings] = [
      createLists(manager),
      createMaps(manager),
      createStrings(manager),
    ];
    const frame = mutator.enter(5);
    const [list, map, text, key, value] = [0, 1, 2, 3, 4].map((index) => slotAt(frame, index)) as [
      typeof frame,
      typeof frame,
      typeof frame,
      typeof frame,
      typeof frame,
    ];
    lists.allocate(list);
    maps.allocate(map);
    strings.allocate("ab".repeat(100), text);
    const at = (slot: typeof frame) => mutator.root(slot) as Reference;
    let count = 0;
    const step = () => {
      mutator.setRoot(value, immediateOf(count));
      lists.append(list, value);
      mutator.setRoot(key, immediateOf(count));
      mutator.setRoot(value, immediateOf(-count));
      maps.set(map, key, value);
      count++;
    };
    expect(() => {
      for (;;) step();
    }).toThrow(OutOfMemoryError);
    const length = lists.lengthOf(at(list));
    expect([0, 1]).toContain(length - count);
    expect(maps.sizeOf(at(map))).toBe(count);
    expect(() => {
      for (;;) strings.concatenate(text, text, text);
    }).toThrow(OutOfMemoryError);
    strings.validate(at(text));
    lists.validate(at(list));
    maps.validate(at(map));
    manager.validate();
    expect(lists.get(at(list), count - 1)).toBe(immediateOf(count - 1));
    expect(maps.get(at(map), immediateOf(count - 1))).toBe(immediateOf(1 - count));
    heap.setLimitBytes(9 << 20);
    step();
    lists.validate(at(list));
    maps.validate(at(map));
  });
});

describe("a map", () => {
  function makeMap() {
    const manager = makeManager({ checked: true });
    const { mutator } = manager;
    const maps = createMaps(manager);
    const frame = mutator.enter(3);
    maps.allocate(frame);
    const map = () => mutator.root(frame) as Reference;
    for (let count = 0; count < 3; count++) {
      mutator.setRoot(slotAt(frame, 1), immediateOf(count));
      mutator.setRoot(slotAt(frame, 2), immediateOf(count * 10));
      maps.set(frame, slotAt(frame, 1), slotAt(frame, 2));
    }
    return { mutator, maps, frame, map };
  }

  it("takes none for no key", () => {
    const { maps, map } = makeMap();
    expect(() => maps.get(map(), 0)).toThrow(/key none cannot be told from no key/);
  });

  it.each([
    ["a wrong count of what is used", 2, 1, /names more or fewer entries/],
    ["a wrong count of what is filled", 3, 2, /its counts contradict/],
    ["a size that its arrays do not have", 4, 4, /its entries and its size differ/],
  ])("with %s is found broken", (_, field, word, problem) => {
    const { mutator, maps, map } = makeMap();
    mutator.setWord(map(), field, word);
    expect(() => maps.validate(map())).toThrow(problem);
  });

  it("whose key was changed behind its back is found broken", () => {
    const { mutator, maps, map } = makeMap();
    mutator.set(mutator.get(map(), 1) as Reference, 1, immediateOf(77));
    expect(() => maps.validate(map())).toThrow(/entry 0 is not found by its key/);
  });
});
