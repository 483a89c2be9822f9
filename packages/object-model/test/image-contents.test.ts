// What an image says of a heap, item by item: variable parts of each kind, what lies behind weak
// references, handles beside frames; and what is found broken as it is saved or restored.

import { WEAK_REFERENCE_TYPE } from "@ouro/finalization";
import {
  HeapCorruptionError,
  immediateOf,
  type Reference,
  type Slot,
  slotAt,
} from "@ouro/interfaces";
import { describe, expect, it } from "vitest";
import {
  decodeHeapImage,
  describeType,
  encodeHeapImage,
  objectsInImageOrder,
  restoreHeap,
  saveHeap,
} from "../src/index.js";
import { makeManager } from "./manager.js";
import { rigs } from "./rigs.js";

describe("an image", () => {
  it("has the slots and the raw words of objects of each variable part, and no others", () => {
    const manager = makeManager();
    const { mutator } = manager;
    const frame = mutator.enter(4);
    for (const [index, variablePart] of (["visited", "owned", "raw", "bytes"] as const).entries()) {
      const type = manager.defineType({ name: variablePart, variablePart });
      const object = mutator.allocateArray(type, 5, slotAt(frame, index));
      for (let field = 1; field <= 5 && index < 2; field++) mutator.set(object, field, -field);
      for (let field = 1; field <= 5 && index === 2; field++) mutator.setWord(object, field, field);
      if (index === 3) for (const field of [1, 2]) mutator.setWord(object, field, field);
    }
    const image = saveHeap(manager);
    expect([...image.values]).toEqual([-1, -2, -3, -4, -5, -1, -2, -3, -4, -5]);
    expect([...image.rawWords]).toEqual([1, 2, 3, 4, 5, 1, 2]);
    expect(decodeHeapImage(encodeHeapImage(image))).toEqual(image);
    const other = makeManager();
    restoreHeap(other, image);
    expect(saveHeap(other)).toEqual(image);
  });

  it("has the raw words of objects behind weak references, and not what they refer to", () => {
    const [, make] = rigs.find(([name]) => name === "null on large blocks") as (typeof rigs)[0];
    const rig = make();
    const { mutator, types } = rig;
    const weak = types.define(WEAK_REFERENCE_TYPE);
    const leaf = types.define(describeType({ name: "leaf", rawWordCount: 1 }));
    const frame = mutator.enter(3);
    mutator.allocate(weak, frame);
    for (const index of [1, 2]) {
      mutator.setWord(mutator.allocate(leaf, slotAt(frame, index)), 0, index * 11);
    }
    const { rawWords, weakReferences } = saveHeap(rig);
    expect([...rawWords]).toEqual([0, 0, 0, 11, 22]);
    expect([...weakReferences]).toEqual([0]);
  });

  it("has as many handles as there are when all are in use, and frames apart", () => {
    const { mutator, handles, saveHeap: save } = makeManager({ handleLimitCount: 2 });
    const frame = mutator.enter(1);
    mutator.setRoot(frame, immediateOf(4));
    handles.make();
    handles.make();
    const image = save();
    expect([...image.handles]).toEqual([0, 0, 1, 0]);
    expect([...image.frames]).toEqual([immediateOf(4)]);
  });
});

describe("a heap is not saved", () => {
  it.each([4, 8])("with a slot that holds %d, where no object is", (value) => {
    const manager = makeManager();
    const { mutator, heap } = manager;
    const pair = manager.defineType({ name: "pair", visitedSlotCount: 2 });
    const object = mutator.allocate(pair, mutator.enter(1));
    heap.words[object + 3] = value;
    const save = () => saveHeap(manager);
    expect(save).toThrow(HeapCorruptionError);
    expect(save).toThrow(
      `slot at word ${object + 3} is broken: it holds ${value}, where no object`,
    );
  });

  it("with a frame slot that names no object, and says which", () => {
    const manager = makeManager();
    const second: Slot = slotAt(manager.mutator.enter(3), 1);
    manager.heap.words[second] = 12;
    expect(() => saveHeap(manager)).toThrow(`slot at word ${second} is broken: it holds 12`);
  });

  it("with an object whose type is none", () => {
    const manager = makeManager();
    const pair = manager.defineType({ name: "pair", visitedSlotCount: 2 });
    const object = manager.mutator.allocate(pair, manager.mutator.enter(1));
    manager.heap.words[object + 1] = 30;
    expect(() => saveHeap(manager)).toThrow(`object at word ${object} is broken: its type is none`);
  });
});

describe("a restore ends with a validation", () => {
  function makeScene() {
    const saved = makeManager();
    const pair = saved.defineType({ name: "pair", visitedSlotCount: 2 });
    saved.mutator.allocate(pair, saved.mutator.enter(1));
    return { image: saveHeap(saved), manager: makeManager() };
  }

  it("of the collector's own state", () => {
    const { image, manager } = makeScene();
    const collector = {
      ...manager.collector,
      validate() {
        throw new HeapCorruptionError({ structure: "state", word: 5, problem: "it is not so" });
      },
    };
    expect(() => restoreHeap({ ...manager, collector }, image)).toThrow(
      "state at word 5 is broken",
    );
  });

  it("of all objects, after the collector said what it thinks of them", () => {
    const { image, manager } = makeScene();
    const { collector, heap } = manager;
    const restored = (): void => {
      collector.restored();
      const [object] = objectsInImageOrder(manager) as unknown as [Reference];
      heap.words[object + 2] = object + 1;
    };
    const broken = { ...collector, restored, validate() {} };
    expect(() => restoreHeap({ ...manager, collector: broken }, image)).toThrow(
      HeapCorruptionError,
    );
  });
});
