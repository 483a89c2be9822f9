// Each place of a call of lists, maps and strings where a slot or a reference stands is looked at
// in checked mode, in the name of the call; what a list passes on; which text is narrow.

import {
  HeapCorruptionError,
  InvalidAddressError,
  immediateOf,
  type Mutator,
  type Reference,
  type Slot,
  StaleReferenceError,
  slotAt,
} from "@ouro/interfaces";
import { describe, expect, it } from "vitest";
import { createLists, createMaps, createStrings } from "../src/index.js";
import { makeManager } from "./manager.js";

/** A list, a map and a text in slots 0 to 2, none in 3; a slot of another frame, what is stale. */
function makeScene() {
  const manager = makeManager({ checked: true });
  const { mutator } = manager;
  const lists = createLists(manager);
  const maps = createMaps(manager);
  const strings = createStrings(manager);
  const wrong = slotAt(mutator.enter(1), 3);
  const frame = mutator.enter(4);
  const slot = (index: number): Slot => slotAt(frame, index);
  lists.allocate(slot(0));
  lists.append(slot(0), slot(3));
  maps.allocate(slot(1));
  strings.allocate("text", slot(2));
  const stale = mutator.root(slot(1)) as Reference;
  mutator.poll();
  const at = (index: number): Reference => mutator.root(slot(index)) as Reference;
  return { mutator, lists, maps, strings, slot, at, wrong, stale };
}

type Scene = ReturnType<typeof makeScene>;

const ofSlots: Record<string, (scene: Scene) => unknown> = {
  "lists.allocate": ({ lists, wrong }) => lists.allocate(wrong),
  "lists.give": ({ lists, at, wrong }) => lists.give(at(0), 0, wrong),
  "lists.append": ({ lists, slot, wrong }) => lists.append(slot(0), wrong),
  "lists.insert": ({ lists, slot, wrong }) => lists.insert(slot(0), 0, wrong),
  "lists.removeAt": ({ lists, slot, wrong }) => lists.removeAt(slot(0), 0, wrong),
  "lists.pop": ({ lists, slot, wrong }) => lists.pop(slot(0), wrong),
  "maps.allocate": ({ maps, wrong }) => maps.allocate(wrong),
  "maps.take": ({ maps, at, wrong }) => maps.take(wrong, at(1), -1),
  "strings.allocate": ({ strings, wrong }) => strings.allocate("a", wrong),
  "strings.allocateUnits": ({ strings, wrong }) => strings.allocateUnits([65], 0, 1, wrong),
  "strings.concatenate": ({ strings, slot, wrong }) => strings.concatenate(slot(2), slot(2), wrong),
  "strings.slice": ({ strings, slot, wrong }) => strings.slice(slot(2), 0, 1, wrong),
};

const ofReferences: Record<string, (scene: Scene) => unknown> = {
  "lists.validate": ({ lists, stale }) => lists.validate(stale),
  "maps.validate": ({ maps, stale }) => maps.validate(stale),
  "maps.delete": ({ maps, at, stale }) => maps.delete(at(1), stale),
  "maps.take": ({ maps, at, slot, stale }) => maps.take(slot(3), at(1), stale),
  "strings.validate": ({ strings, stale }) => strings.validate(stale),
};

describe("in checked mode", () => {
  it.each(Object.entries(ofSlots))("a slot of another frame is refused by %s", (name, attempt) => {
    expect(() => attempt(makeScene())).toThrow(InvalidAddressError);
    expect(() => attempt(makeScene())).toThrow(new RegExp(`^${name}: `));
  });

  it.each(Object.entries(ofReferences))("a stale reference is refused by %s", (name, attempt) => {
    expect(() => attempt(makeScene())).toThrow(StaleReferenceError);
    expect(() => attempt(makeScene())).toThrow(new RegExp(`^${name}: `));
  });

  it("none is no string, as an immediate is none", () => {
    const { strings, at } = makeScene();
    expect([0, -1, at(2)].map((value) => strings.isString(value))).toEqual([false, false, true]);
  });

  it("a list whose storage is an immediate is said to be broken", () => {
    const { lists, mutator, at } = makeScene();
    mutator.set(at(0), 0, immediateOf(4));
    expect(() => lists.validate(at(0))).toThrow(HeapCorruptionError);
    expect(() => lists.validate(at(0))).toThrow("its storage is no list's storage");
  });
});

it("text of units up to 255 is narrow, and wide from 256 on", () => {
  const manager = makeManager();
  const strings = createStrings(manager);
  const frame = manager.mutator.enter(1);
  for (const [text, type] of [
    ["aÿ", strings.narrowType],
    ["aĀ", strings.wideType],
  ] as const) {
    const string = strings.allocate(text, frame);
    expect(manager.mutator.typeOf(string)).toBe(type);
    strings.validate(string);
  }
});

it("a list that gives room back passes on what is no want of memory", () => {
  const manager = makeManager();
  let isBroken = false;
  const mutator: Mutator = {
    ...manager.mutator,
    allocateArray(type, length, into) {
      if (isBroken) throw new RangeError("an observer's");
      return manager.mutator.allocateArray(type, length, into);
    },
  };
  const lists = createLists({ ...manager, mutator });
  const frame = mutator.enter(2);
  lists.allocate(frame);
  for (let count = 0; count < 40; count++) lists.append(frame, slotAt(frame, 1));
  isBroken = true;
  const popAll = (): void => {
    while (lists.lengthOf(mutator.root(frame) as Reference) > 1) lists.pop(frame, slotAt(frame, 1));
  };
  expect(popAll).toThrow("an observer's");
});
