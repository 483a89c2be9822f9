import { immediateOf, slotAt, UsageError } from "@ouro/interfaces";
import { describe, expect, it } from "vitest";
import * as sources from "../src/index.js";
import {
  arrayOf,
  bool,
  bytes,
  createCheckedMutator,
  defineType,
  f32,
  f64,
  i32,
  owned,
  ref,
  refTo,
  self,
  u32,
} from "../src/index.js";
import { compositions } from "./compositions.js";
import { facadeFlawOf, facadeRefusals } from "./facade-refusals.js";
import { makeManager } from "./manager.js";

const Node = defineType({ name: "Node", fields: { value: i32, left: self, right: self } });
const Mixed = defineType({
  name: "Mixed",
  fields: {
    count: u32,
    first: ref,
    kept: owned,
    ratio: f32,
    exact: f64,
    isOpen: bool,
    node: refTo(Node),
  },
});
const Row = defineType({ name: "Row", fields: { owner: ref, items: arrayOf(refTo(Node)) } });
const Samples = defineType({ name: "Samples", fields: { rate: i32, values: arrayOf(f64) } });
const Blob = defineType({ name: "Blob", fields: { tag: u32, data: bytes } });

describe.each(compositions)("typed objects with $name", ({ make }) => {
  it("read what was written, field by field", () => {
    const composition = make();
    const { mutator } = composition;
    const mixed = Mixed.in(composition);
    const node = Node.in(composition);
    const frame = mutator.enter(2);
    node.allocate(slotAt(frame, 1));
    mixed.allocate(frame);
    const object = mixed.at(frame);
    expect(mixed.count(object)).toBe(0);
    expect(mixed.isOpen(object)).toBe(false);
    expect(mixed.node(object)).toBe(0);
    mixed.setCount(object, 0xffffffff);
    mixed.setRatio(object, 0.25);
    mixed.setExact(object, Math.PI);
    mixed.setIsOpen(object, true);
    mixed.setFirst(object, immediateOf(-7));
    mixed.setNode(object, node.at(slotAt(frame, 1)));
    mixed.giveKept(object, slotAt(frame, 1));
    expect(mixed.count(object)).toBe(0xffffffff);
    expect(mixed.ratio(object)).toBe(0.25);
    expect(mixed.exact(object)).toBe(Math.PI);
    expect(mixed.isOpen(object)).toBe(true);
    expect(mixed.first(object)).toBe(immediateOf(-7));
    expect(mixed.node(object)).toBe(mixed.kept(object));
    mixed.validate(object);
    mixed.takeKept(slotAt(frame, 1), object);
    expect(mixed.kept(object)).toBe(0);
    expect(node.is(mutator.root(slotAt(frame, 1)))).toBe(true);
    expect(node.is(object)).toBe(false);
    composition.validate();
  });

  it("have elements of any kind", () => {
    const composition = make();
    const { mutator } = composition;
    const [row, samples, blob, node] = [
      Row.in(composition),
      Samples.in(composition),
      Blob.in(composition),
      Node.in(composition),
    ];
    const frame = mutator.enter(4);
    row.allocate(3, frame);
    samples.allocate(2, slotAt(frame, 1));
    blob.allocate(5, slotAt(frame, 2));
    node.allocate(slotAt(frame, 3));
    const [items, values, data] = [
      row.at(frame),
      samples.at(slotAt(frame, 1)),
      blob.at(slotAt(frame, 2)),
    ];
    expect([row.lengthOf(items), samples.lengthOf(values), blob.lengthOf(data)]).toEqual([3, 2, 5]);
    row.fillItems(items, 2, slotAt(frame, 3));
    row.setItems(items, 0, row.items(items, 2));
    row.takeItems(slotAt(frame, 3), items, 2);
    expect(row.items(items, 2)).toBe(0);
    row.giveItems(items, 1, slotAt(frame, 3));
    expect(row.items(items, 1)).toBe(row.items(items, 0));
    samples.setRate(values, 44100);
    samples.setValues(values, 0, 0.1);
    samples.setValues(values, 1, -1e300);
    expect([samples.values(values, 0), samples.values(values, 1)]).toEqual([0.1, -1e300]);
    blob.setTag(data, 1);
    for (let index = 0; index < 5; index++) blob.setData(data, index, 250 + index);
    expect([0, 1, 2, 3, 4].map((index) => blob.data(data, index))).toEqual([
      250, 251, 252, 253, 254,
    ]);
    expect(samples.rate(values) + blob.tag(data)).toBe(44101);
    for (const check of [row.validate(items), samples.validate(values)])
      expect(check).toBe(undefined);
    composition.validate();
  });
});

it("lays slots before raw words, visited before owned-only", () => {
  expect(Mixed.descriptor).toMatchObject({
    visitedSlotCount: 2,
    ownedSlotCount: 1,
    rawWordCount: 5,
    variablePart: "none",
  });
  expect(Node.descriptor).toMatchObject({ visitedSlotCount: 2, rawWordCount: 1 });
  expect(Blob.descriptor).toMatchObject({ variablePart: "bytes", rawWordCount: 1 });
});

it("is defined once in a memory manager, however often it is asked for", () => {
  const manager = makeManager();
  const fast = Node.in(manager);
  expect(Node.in({ ...manager, mutator: createCheckedMutator(manager) }).type).toBe(fast.type);
  const Other = defineType({ name: "Node", fields: { only: ref } });
  expect(() => Other.in(manager)).toThrow(/rawWordCount 1, not 0/);
});

it("says more of a type than its fields, if told to", () => {
  const Tuple = defineType({
    name: "Tuple",
    fields: { items: arrayOf(ref) },
    untracking: "tuple",
    acyclic: true,
  });
  expect(Tuple.descriptor).toMatchObject({ untracking: "tuple", acyclic: true, collected: true });
});

describe("over a checked mutator", () => {
  function rig() {
    const manager = makeManager({ checked: true });
    const frame = manager.mutator.enter(3);
    const node = Node.in(manager);
    const row = Row.in(manager);
    node.allocate(frame);
    row.allocate(2, slotAt(frame, 1));
    return { manager, frame, node, row };
  }

  it("refuses an object of another type", () => {
    const { node, row, frame } = rig();
    const items = row.at(slotAt(frame, 1));
    expect(() => node.value(items as never)).toThrow(/an object of type "Row" is no "Node"/);
    expect(() => node.at(slotAt(frame, 1))).toThrow(UsageError);
    expect(() => node.at(slotAt(frame, 2))).toThrow(/value 0 is no "Node"/);
    expect(() => node.validate(items as never)).toThrow(/its type is another/);
  });

  it("refuses a value of another type, from wherever it comes", () => {
    const { node, row, frame } = rig();
    const items = row.at(slotAt(frame, 1));
    const object = node.at(frame);
    expect(() => node.setLeft(object, items as never)).toThrow(/neither none nor a "Node"/);
    expect(() => node.giveLeft(object, slotAt(frame, 1))).toThrow(UsageError);
    expect(() => node.fillLeft(object, slotAt(frame, 1))).toThrow(UsageError);
    expect(() => row.setItems(items, 0, items as never)).toThrow(UsageError);
    expect(() => row.giveItems(items, 0, slotAt(frame, 1))).toThrow(UsageError);
    expect(node.left(object)).toBe(0);
  });

  it("refuses an index that is none", () => {
    const { row, frame } = rig();
    const items = row.at(slotAt(frame, 1));
    for (const index of [-1, 2, 0.5]) {
      expect(() => row.items(items, index)).toThrow(/whole number from 0 to 1/);
      expect(() => row.setItems(items, index, 0)).toThrow(UsageError);
      expect(() => row.takeItems(frame, items, index)).toThrow(UsageError);
    }
  });
});

describe("the typed facade refuses", () => {
  it.each(facadeRefusals.map((refusal) => [refusal.name, refusal] as const))("%s", (_, refusal) => {
    expect(facadeFlawOf(refusal, sources)).toBe(undefined);
  });
});

it("takes the ends of each range, and numbers that are none where a float is meant", () => {
  const manager = makeManager({ checked: true });
  const { mutator } = manager;
  const frame = mutator.enter(2);
  const mixed = Mixed.in(manager);
  const [node, blob] = [Node.in(manager), Blob.in(manager)];
  mixed.allocate(frame);
  for (const count of [0, 2 ** 32 - 1]) {
    mixed.setCount(mixed.at(frame), count);
    expect(mixed.count(mixed.at(frame))).toBe(count);
  }
  for (const ratio of [Number.NaN, Number.NEGATIVE_INFINITY, 3.4028234663852886e38, -0]) {
    mixed.setRatio(mixed.at(frame), ratio);
    mixed.setExact(mixed.at(frame), ratio);
    expect([mixed.ratio(mixed.at(frame)), mixed.exact(mixed.at(frame))]).toEqual([ratio, ratio]);
  }
  node.allocate(slotAt(frame, 1));
  for (const value of [-(2 ** 31), 2 ** 31 - 1]) {
    node.setValue(node.at(slotAt(frame, 1)), value);
    expect(node.value(node.at(slotAt(frame, 1)))).toBe(value);
  }
  blob.allocate(1, frame);
  for (const byte of [0, 255]) {
    blob.setData(blob.at(frame), 0, byte);
    expect(blob.data(blob.at(frame), 0)).toBe(byte);
  }
});

it("tests nothing of a value in fast mode: the word keeps the bits that fit", () => {
  const manager = makeManager();
  const frame = manager.mutator.enter(1);
  const node = Node.in(manager);
  node.allocate(frame);
  node.setValue(node.at(frame), 2 ** 31);
  expect(node.value(node.at(frame))).toBe(-(2 ** 31));
});

it("takes an option that is undefined for one that was not given", () => {
  const Plain = defineType({ name: "Plain", fields: { only: ref }, acyclic: undefined as never });
  const { descriptor } = defineType({ name: "Plain", fields: { only: ref } });
  expect(Plain.descriptor).toEqual(descriptor);
});
