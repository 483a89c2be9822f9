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

describe("in checked mode the call that the program made is named", () => {
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
  const at = (slot: Slot) => mutator.root(slot) as Reference;
  const stale = at(list);
  mutator.poll();
  const five = immediateOf(5);

  const ofStale: Record<string, () => unknown> = {
    "lists.lengthOf": () => lists.lengthOf(stale),
    "lists.get": () => lists.get(stale, 0),
    "lists.set": () => lists.set(at(list), 0, stale),
    "maps.sizeOf": () => maps.sizeOf(stale),
    "maps.get": () => maps.get(at(map), stale),
    "maps.has": () => maps.has(stale, five),
    "strings.unitAt": () => strings.unitAt(stale, 0),
    "strings.isString": () => strings.isString(stale),
    "strings.equals": () => strings.equals(at(text), stale),
    "bytes.byteAt": () => bytes.byteAt(stale, 0),
    "bytes.copy": () => bytes.copy(at(data), 0, stale, 0, 1),
    "Node.left": () => Node.left(stale as never),
    "Node.setValue": () => Node.setValue(stale as never, 1),
    "Node.setKept": () => Node.setKept(Node.at(node), stale),
    "Node.setLeft": () => Node.setLeft(Node.at(node), stale as never),
    "Row.setItems": () => Row.setItems(Row.at(row), 0, stale),
  };
  it.each(Object.entries(ofStale))("for a stale reference: %s", (name, call) => {
    expect(call).toThrow(StaleReferenceError);
    const takenAndStale = "was taken by root after safepoint 6 and made stale by poll";
    expect(call).toThrow(new RegExp(`^${name}: reference [0-9]+ ${takenAndStale}`));
  });

  const wrong = slotAt(outer, 3);
  const ofSlot: Record<string, () => unknown> = {
    "lists.allocate": () => lists.allocate(wrong),
    "lists.append": () => lists.append(list, wrong),
    "lists.pop": () => lists.pop(wrong, node),
    "maps.set": () => maps.set(map, wrong, node),
    "maps.take": () => maps.take(wrong, at(map), five),
    "strings.concatenate": () => strings.concatenate(text, wrong, node),
    "strings.slice": () => strings.slice(text, 0, 1, wrong),
    "bytes.allocateFrom": () => bytes.allocateFrom(new Uint8Array(1), wrong),
    "Node.at": () => Node.at(wrong),
    "Node.giveLeft": () => Node.giveLeft(Node.at(node), wrong),
    "Node.takeLeft": () => Node.takeLeft(wrong, Node.at(node)),
    "Row.fillItems": () => Row.fillItems(Row.at(row), 0, wrong),
    "Row.takeItems": () => Row.takeItems(wrong, Row.at(row), 0),
  };
  it.each(Object.entries(ofSlot))("for a slot of another frame: %s", (name, call) => {
    expect(call).toThrow(InvalidAddressError);
    expect(call).toThrow(new RegExp(`^${name}: `));
  });

  const noValue = undefined as unknown as Value;
  const ofValue: Record<string, () => unknown> = {
    "lists.set": () => lists.set(at(list), 0, noValue),
    "maps.get": () => maps.get(at(map), noValue),
    "maps.has": () => maps.has(at(map), -0.5 as Value),
    "Node.setKept": () => Node.setKept(Node.at(node), noValue),
    "Node.setLeft": () => Node.setLeft(Node.at(node), 5n as never),
    "Row.setItems": () => Row.setItems(Row.at(row), 0, noValue),
  };
  it.each(Object.entries(ofValue))("for what is no value: %s", (name, call) => {
    expect(call).toThrow(UsageError);
    expect(call).toThrow(
      new RegExp(`^${name}: value (\\S+|the BigInt 5n) is neither a reference, none nor an imm`),
    );
  });

  const ofNumber: [string, () => unknown, RegExp][] = [
    ["maps.keyAt", () => maps.keyAt(at(map), 0), /index 0 names nothing/],
    ["maps.valueAt", () => maps.valueAt(at(map), -1), /index -1 names nothing/],
    ["maps.next", () => maps.next(at(map), -1), /cursor -1 is not a whole number/],
    ["bytes.allocate", () => bytes.allocate(-1, data), /length -1 is not a whole number/],
    ["strings.allocate", () => strings.allocate(12 as never, text), /12 is no text/],
    ["strings.allocate", () => strings.allocate(undefined as never, text), /undefined is no text/],
  ];
  it.each(ofNumber)("for a number or a text that it is not: %s", (name, call, problem) => {
    expect(call).toThrow(UsageError);
    expect(call).toThrow(new RegExp(`^${name}: ${problem.source}`));
  });

  it("each for its own kind, strings and byte arrays too", () => {
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
  const manager = makeManager({ checked: false });
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
    const given = manager.mutator as never;
    expect(() => make(given)).toThrow(UsageError);
    expect(() => make(given)).toThrow(`${name}: an Object has no mutator. ${remedy}`);
    expect(() => make(undefined as never)).toThrow(`${name}: undefined has no mutator`);
  });

  it("by createMaps, of parts without a collector", () => {
    const { mutator, types } = manager;
    expect(() => createMaps({ mutator, types } as never)).toThrow("an Object has no collector");
  });

  it.each([Number.NaN, 0.37, 2 ** 32, "secret"])(
    "a seed that is cut to another: %s",
    (hashSeed) => {
      const make = () => createStrings({ ...manager, hashSeed: hashSeed as number });
      expect(make).toThrow(`createStrings: hashSeed ${hashSeed} is not a whole number`);
    },
  );
});
