// Type table, object layout, root stack and the fast mutator: what each promises on its own.

import {
  HeapCorruptionError,
  InvalidAddressError,
  OutOfMemoryError,
  type Reference,
  type Slot,
  slotAt,
  type TypeDescriptor,
  UsageError,
} from "@ouro/interfaces";
import { describe, expect, it } from "vitest";
import { createObjectLayout, createStressMutator, findOrDefineType } from "../src/index.js";
import { makeManager } from "./manager.js";

describe("a type table", () => {
  it("finds a type by name and by number, as it was defined", () => {
    const { types, defineType } = makeManager();
    const type = defineType({ name: "pair", visitedSlotCount: 2, rawWordCount: 1 });
    expect(types.find("pair")).toBe(type);
    expect(types.find("other")).toBeUndefined();
    expect(types.count).toBe(1);
    expect(types.descriptor(type)).toMatchObject({
      name: "pair",
      collected: true,
      clearable: true,
    });
    expect(() => types.descriptor((type + 1) as typeof type)).toThrow(UsageError);
  });

  const refused: [string, Partial<TypeDescriptor>, RegExp][] = [
    ["no name", { name: "" }, /has no name/],
    ["a name that is there", { name: "there" }, /repeats the name/],
    ["half a slot", { visitedSlotCount: 0.5 }, /visitedSlotCount/],
    ["raw words behind slots", { variablePart: "visited", rawWordCount: 1 }, /behind its variable/],
    [
      "raw words behind owned slots",
      { variablePart: "owned", rawWordCount: 1 },
      /raw words behind/,
    ],
    ["visited slots nobody collects", { visitedSlotCount: 1, collected: false }, /not collected/],
    ["an order that is none", { visitOrder: "sideways" as never }, /visitOrder "sideways"/],
    [
      "a property that there is not",
      { visitedSlots: 2 } as never,
      /option visitedSlots is not known. Options: name, visitedSlotCount/,
    ],
  ];

  it.each(refused)("refuses %s", (_, options, problem) => {
    const { types, defineType } = makeManager();
    defineType({ name: "there" });
    expect(() => defineType({ name: "new", ...options })).toThrow(problem);
    expect(types.count).toBe(1);
  });

  it("is full when it is full", () => {
    const { defineType } = makeManager();
    for (let count = 0; count < 31; count++) defineType({ name: `type ${count}` });
    expect(() => defineType({ name: "one more" })).toThrow(/one more than 31 types/);
  });

  it("gives a type that is there to whoever describes it alike", () => {
    const { types } = makeManager();
    const type = findOrDefineType(types, { name: "pair", visitedSlotCount: 2 });
    expect(findOrDefineType(types, { name: "pair", visitedSlotCount: 2 })).toBe(type);
    expect(() => findOrDefineType(types, { name: "pair" })).toThrow(/is there already with/);
  });
});

describe("an object's layout", () => {
  const cases: [string, Omit<TypeDescriptor, never> | object, number, number[]][] = [
    // name, options, length, [slots start, visited end, slots end, size]
    ["two slots", { visitedSlotCount: 2 }, 0, [2, 4, 4, 4]],
    ["of each", { visitedSlotCount: 1, ownedSlotCount: 2, rawWordCount: 3 }, 0, [2, 3, 5, 8]],
    ["visited array", { visitedSlotCount: 1, variablePart: "visited" }, 4, [3, 8, 8, 8]],
    ["owned array", { visitedSlotCount: 1, variablePart: "owned" }, 4, [3, 4, 8, 8]],
    ["raw array", { ownedSlotCount: 1, rawWordCount: 2, variablePart: "raw" }, 4, [3, 3, 4, 10]],
    ["bytes", { variablePart: "bytes" }, 5, [3, 3, 3, 5]],
    ["no bytes", { variablePart: "bytes" }, 0, [3, 3, 3, 3]],
  ];

  it.each(cases)("is that of its type: %s", (name, options, length, expected) => {
    const { heap, types, mutator, defineType } = makeManager();
    const layout = createObjectLayout(heap.words, types);
    const type = defineType({ name, ...options });
    const frame = mutator.enter(1);
    const isVariable = "variablePart" in options;
    const object = isVariable
      ? mutator.allocateArray(type, length, frame)
      : mutator.allocate(type, frame);
    expect(layout.typeOf(object)).toBe(type);
    expect(layout.isVariable(object)).toBe(isVariable);
    expect([
      layout.slotsStart(object) - object,
      layout.visitedEnd(object) - object,
      layout.slotsEnd(object) - object,
      layout.sizeWords(object),
    ]).toEqual(expected);
    expect(layout.sizeFor(type, length)).toBe(expected[3]);
  });
});

describe("the root stack", () => {
  it("clears a frame when it is entered, and visits what is in use, handles first", () => {
    const { roots, mutator, handles } = makeManager();
    const frame = mutator.enter(2);
    mutator.setRoot(frame, -5);
    mutator.leave(frame);
    expect(mutator.root(mutator.enter(1))).toBe(0);
    const handle = handles.make();
    mutator.setRoot(handle.slot, -7);
    const seen: [Slot, number][] = [];
    roots.walk((slot, value) => seen.push([slot, value]));
    expect(seen).toEqual([
      [handle.slot, -7],
      [frame, 0],
    ]);
    expect(roots.isLive(frame)).toBe(true);
    expect(roots.isLive(frame + 1)).toBe(false);
    expect(roots.isLive(handle.slot + 1)).toBe(false);
  });

  it("refuses a frame that does not fit, and stays as it was", () => {
    const { roots, heap, mutator } = makeManager();
    mutator.enter(1000);
    const top = heap.words[roots.topWord];
    expect(() => mutator.enter(25)).toThrow(OutOfMemoryError);
    expect(heap.words[roots.topWord]).toBe(top);
    mutator.enter(24);
  });

  it("takes back only handles in use that hold none", () => {
    const { roots, heap } = makeManager();
    const slot = roots.takeHandle() as Slot;
    heap.words[slot] = -1;
    expect(() => roots.giveHandle(slot)).toThrow(InvalidAddressError);
    heap.words[slot] = 0;
    roots.giveHandle(slot);
    expect(() => roots.giveHandle(slot)).toThrow(InvalidAddressError);
    expect(() => roots.giveHandle(roots.framesStart)).toThrow(InvalidAddressError);
  });

  it.each([
    ["a top outside of it", (m: ReturnType<typeof makeManager>) => m.roots.topWord, 1, /its top/],
    [
      "an end of handles outside of it",
      (m: ReturnType<typeof makeManager>) => m.roots.handlesEndWord,
      1,
      /the end of its handles/,
    ],
    [
      "a value in a free handle",
      (m: ReturnType<typeof makeManager>) => m.roots.start + 3,
      -1,
      /a free handle holds a value/,
    ],
  ])("with %s is found broken", (_, wordOf, value, problem) => {
    const manager = makeManager();
    manager.heap.words[wordOf(manager)] = value;
    expect(() => manager.roots.validate()).toThrow(HeapCorruptionError);
    expect(() => manager.roots.validate()).toThrow(problem);
  });
});

describe("the fast mutator", () => {
  function rig() {
    const manager = makeManager();
    const pair = manager.defineType({ name: "pair", visitedSlotCount: 2, rawWordCount: 1 });
    const tuple = manager.defineType({ name: "tuple", variablePart: "visited" });
    const { mutator } = manager;
    const frame = mutator.enter(4);
    return { ...manager, pair, tuple, frame };
  }

  it("moves a value in every direction, and empties where it came from", () => {
    const { mutator, pair, frame } = rig();
    const object = mutator.allocate(pair, frame);
    mutator.setRoot(slotAt(frame, 1), -9);
    mutator.moveRoot(slotAt(frame, 2), slotAt(frame, 1));
    mutator.give(object, 0, slotAt(frame, 2));
    mutator.take(slotAt(frame, 3), object, 0);
    mutator.fill(object, 1, slotAt(frame, 3));
    expect([1, 2, 3].map((index) => mutator.root(slotAt(frame, index)))).toEqual([0, 0, 0]);
    expect([mutator.get(object, 0), mutator.get(object, 1)]).toEqual([0, -9]);
  });

  it("copies runs of slots that overlap", () => {
    const { mutator, tuple, frame } = rig();
    const object = mutator.allocateArray(tuple, 5, frame);
    for (let index = 1; index <= 5; index++) mutator.set(object, index, -index);
    mutator.copy(object, 2, object, 1, 4);
    expect([1, 2, 3, 4, 5].map((field) => mutator.get(object, field))).toEqual([
      -1, -1, -2, -3, -4,
    ]);
  });

  it("refuses the wrong kind of length before anything happens", () => {
    const { mutator, collector, pair, tuple, frame } = rig();
    expect(() => mutator.allocate(tuple, frame)).toThrow(/is of variable length/);
    expect(() => mutator.allocateArray(pair, 1, frame)).toThrow(/is of fixed length/);
    expect(() => mutator.allocateArray(tuple, -1, frame)).toThrow(UsageError);
    expect(collector.statistics().liveCount).toBe(0);
  });

  it("throws OutOfMemoryError that names the type, and goes on when there is memory", () => {
    const { mutator, heap, tuple, frame } = rig();
    heap.setLimitBytes(0);
    expect(() => mutator.allocateArray(tuple, 3, frame)).toThrow(/^allocate "tuple": no room/);
    expect(mutator.root(frame)).toBe(0);
    heap.setLimitBytes(1 << 20);
    expect(mutator.lengthOf(mutator.allocateArray(tuple, 3, frame))).toBe(3);
  });

  it("is what the stress mutator is, but for when it collects", () => {
    const { mutator, tuple, frame } = rig();
    const stressed = createStressMutator({ mutator, collectEvery: 2 });
    const object: Reference = stressed.allocateArray(tuple, 3, frame);
    stressed.set(object, 1, -1);
    expect(mutator.get(object, 1)).toBe(-1);
    stressed.poll();
  });
});
