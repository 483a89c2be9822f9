// Checked mode where it is easily taken for granted: objects and frames that were there before it,
// none and empty slots where they are allowed, every element of a row, and references whose epoch
// needs more than 31 bits.

import { isOuroError, type Reference, type Slot, slotAt } from "@ouro/interfaces";
import { describe, expect, it } from "vitest";
import {
  arrayOf,
  createByteArrays,
  createCheckedMutator,
  createHandleSet,
  createLists,
  defineType,
  i32,
  ref,
  self,
} from "../src/index.js";
import { makeManager } from "./manager.js";

function messageOf(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    if (isOuroError(error)) return error.message;
    throw error;
  }
  return "";
}

describe("a checked mutator over what was there before it", () => {
  function makeScene() {
    const manager = makeManager();
    const pair = manager.defineType({ name: "pair", visitedSlotCount: 2, rawWordCount: 1 });
    const row = manager.defineType({ name: "row", variablePart: "raw" });
    const fast = manager.mutator;
    const old = fast.enter(2);
    fast.allocate(pair, old);
    fast.allocateArray(row, 3, slotAt(old, 1));
    return { ...manager, fast, old, mutator: createCheckedMutator(manager) };
  }

  it("knows the fields of objects of types that it has not met", () => {
    const { mutator, old } = makeScene();
    const at = (slot: Slot): Reference => mutator.root(slot) as Reference;
    expect(mutator.word(at(slotAt(old, 1)), 0)).toBe(3);
    expect(mutator.get(at(old), 1)).toBe(0);
    expect(mutator.word(at(old), 2)).toBe(0);
    expect(messageOf(() => mutator.word(at(old), 0))).toContain("is a slot, where a raw word");
  });

  it("leaves a frame that was entered before, and nothing else", () => {
    const { mutator, fast, old, roots, heap } = makeScene();
    const top = heap.words[roots.topWord];
    const others = [old + 0.5, roots.framesStart - 1, roots.start, old + 2, 0];
    for (const frame of others) {
      expect(messageOf(() => mutator.leave(frame as Slot))).toMatch(/^leave: .* which is none/);
    }
    expect(heap.words[roots.topWord]).toBe(top);
    mutator.leave(old);
    expect(heap.words[roots.topWord]).toBe(old);
    expect(fast.enter(1)).toBe(old);
  });

  it("leaves its own frame though program code forgot to leave one above it", () => {
    const { mutator, roots, heap } = makeScene();
    const outer = mutator.enter(1);
    const top = heap.words[roots.topWord] as number;
    mutator.enter(2);
    heap.words[roots.topWord] = top;
    mutator.leave(outer);
    expect(heap.words[roots.topWord]).toBe(top - 1);
  });

  it("names the first field of a run that is no slot, from the first field on too", () => {
    const { mutator, old } = makeScene();
    const at = (slot: Slot): Reference => mutator.root(slot) as Reference;
    const copy = (first: number): string =>
      messageOf(() => mutator.copy(at(old), 0, at(old), first, 3));
    const problem = 'copy (target): field 2 of "pair" is a raw word, where a slot is needed';
    expect([copy(0), copy(1)]).toEqual([
      expect.stringContaining(problem),
      expect.stringContaining(problem),
    ]);
  });

  it("says of none that it is none, and where a reference was taken only when told to", () => {
    const { mutator, old } = makeScene();
    expect(messageOf(() => mutator.typeOf(0 as Reference))).toContain("it is none or an immediate");
    const stale = mutator.root(old) as Reference;
    mutator.poll();
    let site: unknown = "none was thrown";
    try {
      mutator.typeOf(stale);
    } catch (error) {
      site = (error as { site?: unknown }).site;
    }
    expect(site).toBeUndefined();
  });
});

describe("the site where something was taken", () => {
  const isHere = /^at .*checked-places\.test\.ts.*\n +at /;

  it("is a stack that begins with the program's own line, of a reference", () => {
    const manager = makeManager();
    const mutator = createCheckedMutator({ ...manager, sites: true });
    const frame = mutator.enter(1);
    const stale = mutator.allocate(manager.defineType({ name: "plain" }), frame);
    mutator.poll();
    let site = "";
    try {
      mutator.typeOf(stale);
    } catch (error) {
      site = (error as { site: string }).site;
    }
    expect(site).toMatch(isHere);
  });

  it("and of a handle", () => {
    const sites: string[] = [];
    const manager = makeManager();
    const handles = createHandleSet({ ...manager, onLeak: ({ site }) => sites.push(site) });
    handles.make();
    handles.hold(manager.mutator.enter(1));
    expect(handles.reportLeaks()).toBe(2);
    expect(sites).toEqual([expect.stringMatching(isHere), expect.stringMatching(isHere)]);
  });
});

const Node = defineType({ name: "Node", fields: { next: self, any: ref } });
const Row = defineType({ name: "Row", fields: { items: arrayOf(ref) } });
const Numbers = defineType({ name: "Numbers", fields: { items: arrayOf(i32) } });

describe.each([false, true])("typed objects, checked: %s", (checked) => {
  function makeScene() {
    const manager = makeManager({ checked });
    const { mutator } = manager;
    const [node, row, numbers] = [Node.in(manager), Row.in(manager), Numbers.in(manager)] as const;
    const frame = mutator.enter(5);
    const slot = (index: number): Slot => slotAt(frame, index);
    node.allocate(slot(0));
    row.allocate(3, slot(1));
    numbers.allocate(3, slot(2));
    return { ...manager, node, row, numbers, slot };
  }

  it("take none for a reference, by value and from an empty slot", () => {
    const { node, slot } = makeScene();
    const object = node.at(slot(0));
    node.setNext(object, object);
    node.setNext(object, 0);
    node.giveNext(object, slot(3));
    node.setAny(object, 0);
    expect([node.next(object), node.any(object), node.is(0)]).toEqual([0, 0, false]);
  });

  it("set each element of a row where it is read", () => {
    const { row, slot } = makeScene();
    const object = row.at(slot(1));
    for (const index of [0, 1, 2]) row.setItems(object, index, -1 - index);
    expect([0, 1, 2].map((index) => row.items(object, index))).toEqual([-1, -2, -3]);
  });

  it("keep a number of 32 bits in a word", () => {
    const { mutator, numbers, slot } = makeScene();
    const object = numbers.at(slot(2));
    expect([mutator.lengthOf(object), numbers.lengthOf(object)]).toEqual([3, 3]);
    for (const index of [0, 1, 2]) numbers.setItems(object, index, 7 * index);
    expect([0, 1, 2].map((index) => numbers.items(object, index))).toEqual([0, 7, 14]);
    if (!checked) return;
    const problem = "Numbers.#: index 3 is not a whole number from 0 to 2. Give one";
    expect(messageOf(() => numbers.items(object, 3))).toBe(problem.replace("#", "items"));
    expect(messageOf(() => numbers.setItems(object, 3, 1))).toBe(problem.replace("#", "setItems"));
  });

  it("say of none that it is no object of the type", () => {
    const { node, slot } = makeScene();
    expect(messageOf(() => node.at(slot(3)))).toBe('Node.at: value 0 is no "Node". Ask `is` first');
    if (!checked) return;
    expect(messageOf(() => node.next(0 as never))).toBe(
      'Node.next: value 0 is no "Node". Ask `is` first',
    );
    expect(messageOf(() => node.next(-1 as never))).toBe(
      'Node.next: value -1 is no "Node". Ask `is` first',
    );
  });
});

it("a reference of a wide heap is a value, however often safepoints passed", () => {
  const manager = makeManager({ checked: true, isWide: true, reservationBytes: 64 << 20 });
  const { mutator } = manager;
  const lists = createLists(manager);
  const frame = mutator.enter(2);
  for (let count = 0; count < 6; count++) mutator.poll();
  lists.allocate(frame);
  lists.append(frame, slotAt(frame, 1));
  const list = mutator.root(frame) as Reference;
  expect(list).toBeGreaterThan(2 ** 31);
  lists.set(list, 0, list);
  expect(mutator.typeOf(lists.get(list, 0) as Reference)).toBe(lists.type);
});

it("each call of byte arrays refuses an object of another type, in either place", () => {
  const manager = makeManager({ checked: true });
  const { mutator } = manager;
  const [bytes, lists] = [createByteArrays(manager), createLists(manager)];
  const frame = mutator.enter(3);
  bytes.allocate(3, frame);
  lists.allocate(slotAt(frame, 1));
  const array = mutator.root(frame) as Reference;
  const other = mutator.root(slotAt(frame, 1)) as Reference;
  const calls: Record<string, (object: Reference) => unknown> = {
    lengthOf: (object) => bytes.lengthOf(object),
    byteAt: (object) => bytes.byteAt(object, 0),
    setByte: (object) => bytes.setByte(object, 0, 0),
    copy: (object) => bytes.copy(object, 0, array, 0, 0),
    "copy ": (object) => bytes.copy(array, 0, object, 0, 0),
    equals: (object) => bytes.equals(object, array),
    "equals ": (object) => bytes.equals(array, object),
    compare: (object) => bytes.compare(object, array),
    "compare ": (object) => bytes.compare(array, object),
    hash: (object) => bytes.hash(object),
    copyOut: (object) => bytes.copyOut(object),
  };
  for (const [name, call] of Object.entries(calls)) {
    const problem = 'an object of type "list" is not a byte array';
    expect(messageOf(() => call(other))).toContain(`bytes.${name.trim()}: ${problem}`);
  }
  expect(messageOf(() => bytes.allocate(3, (frame + 7) as Slot))).toMatch(/^bytes\.allocate: /);
  mutator.poll();
  expect(messageOf(() => bytes.validate(array))).toMatch(/^bytes\.validate: reference/);
});

it("a frame of more slots than there are is no frame, whoever is in which", () => {
  const { mutator } = makeManager({ checked: true, frameSlotLimitCount: 16 });
  const problem = "enter: slotCount 17 is not a whole number from 0 to 16. Give one";
  expect(messageOf(() => mutator.enter(17))).toBe(problem);
  mutator.leave(mutator.enter(16));
});

it("a handle that was disposed of may be adopted again when an image put its slot into use", () => {
  const manager = makeManager({ checked: true });
  const { roots } = manager;
  const handles = createHandleSet(manager);
  const handle = handles.make();
  handle.dispose();
  expect(roots.takeHandleAt(roots.start)).toBe(true);
  expect(handles.adopt(0).slot).toBe(handle.slot);
  expect(messageOf(() => handles.adopt(0))).toContain("a handle that nobody has yet");
});
