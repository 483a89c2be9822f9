// What checked mode refuses is told of by the call that the program made, not by the calls that
// lists, maps, strings, byte arrays and typed objects make of it.

import {
  InvalidAddressError,
  immediateOf,
  type Reference,
  type Slot,
  StaleReferenceError,
  slotAt,
  UsageError,
  type Value,
} from "@ouro/interfaces";
import { describe, expect, it } from "vitest";
import {
  arrayOf,
  createByteArrays,
  createLists,
  createMaps,
  createStrings,
  defineType,
  i32,
  ref,
  self,
} from "../src/index.js";
import { makeManager } from "./manager.js";

/** A manager with one object of each kind, what is stale, and a slot of another frame. */
function makeCallRig() {
  const manager = makeManager({ checked: true });
  const { mutator } = manager;
  const [lists, maps, strings, bytes] = [
    createLists(manager),
    createMaps(manager),
    createStrings(manager),
    createByteArrays(manager),
  ];
  const Node = defineType({
    name: "Node",
    fields: { left: self, value: i32, kept: ref },
  }).in(manager);
  const Row = defineType({ name: "Row", fields: { items: arrayOf(ref) } }).in(manager);
  const outer = mutator.enter(1);
  const frame = mutator.enter(6);
  const [list, map, text, data, node, row] = [0, 1, 2, 3, 4, 5].map((index) =>
    slotAt(frame, index),
  ) as [Slot, Slot, Slot, Slot, Slot, Slot];
  lists.allocate(list);
  maps.allocate(map);
  strings.allocate("text", text);
  bytes.allocate(3, data);
  Node.allocate(node);
  Row.allocate(2, row);
  const wrong = slotAt(outer, 3);
  const at = (slot: Slot) => mutator.root(slot) as Reference;
  const stale = at(list);
  mutator.poll();
  const five = immediateOf(5);
  const kinds = { lists, maps, strings, bytes, Node, Row };
  return { manager, ...kinds, list, map, text, data, node, row, at, stale, five, wrong };
}

type CallRig = ReturnType<typeof makeCallRig>;

const callIn = (rig: CallRig, call: (rig: CallRig) => unknown) => () => call(rig);

describe("in checked mode the call that the program made is named", () => {
  const ofStale: Record<string, (rig: CallRig) => unknown> = {
    "lists.lengthOf": ({ lists, stale }) => lists.lengthOf(stale),
    "lists.get": ({ lists, stale }) => lists.get(stale, 0),
    "lists.set": ({ lists, list, at, stale }) => lists.set(at(list), 0, stale),
    "maps.sizeOf": ({ maps, stale }) => maps.sizeOf(stale),
    "maps.get": ({ maps, map, at, stale }) => maps.get(at(map), stale),
    "maps.has": ({ maps, stale, five }) => maps.has(stale, five),
    "strings.unitAt": ({ strings, stale }) => strings.unitAt(stale, 0),
    "strings.isString": ({ strings, stale }) => strings.isString(stale),
    "strings.equals": ({ strings, text, at, stale }) => strings.equals(at(text), stale),
    "bytes.byteAt": ({ bytes, stale }) => bytes.byteAt(stale, 0),
    "bytes.copy": ({ bytes, data, at, stale }) => bytes.copy(at(data), 0, stale, 0, 1),
    "Node.left": ({ Node, stale }) => Node.left(stale as never),
    "Node.setValue": ({ Node, stale }) => Node.setValue(stale as never, 1),
    "Node.setKept": ({ Node, node, stale }) => Node.setKept(Node.at(node), stale),
    "Node.setLeft": ({ Node, node, stale }) => Node.setLeft(Node.at(node), stale as never),
    "Row.setItems": ({ Row, row, stale }) => Row.setItems(Row.at(row), 0, stale),
  };
  it.each(Object.entries(ofStale))("for a stale reference: %s", (name, callOf) => {
    const call = callIn(makeCallRig(), callOf);
    expect(call).toThrow(StaleReferenceError);
    const takenAndStale = "was taken by root after safepoint 6 and made stale by poll";
    expect(call).toThrow(new RegExp(`^${name}: reference [0-9]+ ${takenAndStale}`));
  });

  const ofSlot: Record<string, (rig: CallRig) => unknown> = {
    "lists.allocate": ({ lists, wrong }) => lists.allocate(wrong),
    "lists.append": ({ lists, list, wrong }) => lists.append(list, wrong),
    "lists.pop": ({ lists, node, wrong }) => lists.pop(wrong, node),
    "maps.set": ({ maps, map, node, wrong }) => maps.set(map, wrong, node),
    "maps.take": ({ maps, map, at, five, wrong }) => maps.take(wrong, at(map), five),
    "strings.concatenate": ({ strings, text, node, wrong }) =>
      strings.concatenate(text, wrong, node),
    "strings.slice": ({ strings, text, wrong }) => strings.slice(text, 0, 1, wrong),
    "bytes.allocateFrom": ({ bytes, wrong }) => bytes.allocateFrom(new Uint8Array(1), wrong),
    "Node.at": ({ Node, wrong }) => Node.at(wrong),
    "Node.giveLeft": ({ Node, node, wrong }) => Node.giveLeft(Node.at(node), wrong),
    "Node.takeLeft": ({ Node, node, wrong }) => Node.takeLeft(wrong, Node.at(node)),
    "Row.fillItems": ({ Row, row, wrong }) => Row.fillItems(Row.at(row), 0, wrong),
    "Row.takeItems": ({ Row, row, wrong }) => Row.takeItems(wrong, Row.at(row), 0),
  };
  it.each(Object.entries(ofSlot))("for a slot of another frame: %s", (name, callOf) => {
    const call = callIn(makeCallRig(), callOf);
    expect(call).toThrow(InvalidAddressError);
    expect(call).toThrow(new RegExp(`^${name}: `));
  });

  const noValue = undefined as unknown as Value;
  const ofValue: Record<string, (rig: CallRig) => unknown> = {
    "lists.set": ({ lists, list, at }) => lists.set(at(list), 0, noValue),
    "maps.get": ({ maps, map, at }) => maps.get(at(map), noValue),
    "maps.has": ({ maps, map, at }) => maps.has(at(map), -0.5 as Value),
    "Node.setKept": ({ Node, node }) => Node.setKept(Node.at(node), noValue),
    "Node.setLeft": ({ Node, node }) => Node.setLeft(Node.at(node), 5n as never),
    "Row.setItems": ({ Row, row }) => Row.setItems(Row.at(row), 0, noValue),
  };
  it.each(Object.entries(ofValue))("for what is no value: %s", (name, callOf) => {
    const call = callIn(makeCallRig(), callOf);
    expect(call).toThrow(UsageError);
    expect(call).toThrow(
      new RegExp(`^${name}: value (\\S+|the BigInt 5n) is neither a reference, none nor an imm`),
    );
  });

  const ofNumber: [string, (rig: CallRig) => unknown, RegExp][] = [
    ["maps.keyAt", ({ maps, map, at }) => maps.keyAt(at(map), 0), /index 0 names nothing/],
    ["maps.valueAt", ({ maps, map, at }) => maps.valueAt(at(map), -1), /index -1 names nothing/],
    ["maps.next", ({ maps, map, at }) => maps.next(at(map), -1), /cursor -1 is not a whole number/],
    [
      "bytes.allocate",
      ({ bytes, data }) => bytes.allocate(-1, data),
      /length -1 is not a whole number/,
    ],
    [
      "strings.allocate",
      ({ strings, text }) => strings.allocate(12 as never, text),
      /12 is no text/,
    ],
    [
      "strings.allocate",
      ({ strings, text }) => strings.allocate(undefined as never, text),
      /undefined is no text/,
    ],
  ];
  it.each(ofNumber)("for a number or a text that it is not: %s", (name, callOf, problem) => {
    const call = callIn(makeCallRig(), callOf);
    expect(call).toThrow(UsageError);
    expect(call).toThrow(new RegExp(`^${name}: ${problem.source}`));
  });

  it("each for its own kind, strings and byte arrays too", () => {
    const { manager, strings, bytes, list, text, node, five, at } = makeCallRig();
    const message = (call: string, kind: string) =>
      `${call}: an object of type "list" is not a ${kind}. Pass one that`;
    expect(() => strings.text(at(list))).toThrow(message("strings.text", "string"));
    expect(() => strings.concatenate(list, text, node)).toThrow(
      message("strings.concatenate", "string"),
    );
    expect(() => bytes.setByte(at(list), 0, 1)).toThrow(message("bytes.setByte", "byte array"));
    expect(strings.isString(five)).toBe(false);
    manager.validate();
  });
});

describe("a part that is not there is named, with what makes it whole", () => {
  const none = defineType({ name: "None", fields: {} });
  const makers: [string, (given: never) => unknown][] = [
    ["createLists", createLists],
    ["createMaps", createMaps],
    ["createStrings", createStrings],
    ["createByteArrays", createByteArrays],
    ["None.in", none.in],
  ];
  it.each(makers)("by %s, of a mutator in place of its manager, and of nothing", (name, make) => {
    const parts = name === "createMaps" ? "mutator, types, collector" : "mutator, types";
    const remedy = `Pass a memory manager, or its parts: ${parts}`;
    const given = makeManager({ checked: false }).mutator as never;
    expect(() => make(given)).toThrow(UsageError);
    expect(() => make(given)).toThrow(`${name}: an Object has no mutator. ${remedy}`);
    expect(() => make(undefined as never)).toThrow(`${name}: undefined has no mutator`);
  });

  it("by createMaps, of parts without a collector", () => {
    const { mutator, types } = makeManager({ checked: false });
    expect(() => createMaps({ mutator, types } as never)).toThrow("an Object has no collector");
  });

  it.each([Number.NaN, 0.37, 2 ** 32, "secret"])(
    "a seed that is cut to another: %s",
    (hashSeed) => {
      const manager = makeManager({ checked: false });
      const make = () => createStrings({ ...manager, hashSeed: hashSeed as number });
      expect(make).toThrow(`createStrings: hashSeed ${hashSeed} is not a whole number`);
    },
  );
});
