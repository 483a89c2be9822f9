// What checked mode refuses is told of by the call that the program made, not by the calls that
// lists, maps, strings, byte arrays and typed objects make of it.

import {
  InvalidAddressError,
  immediateOf,
  type Reference,
  type Slot,
  StaleReferenceError,
  slotAt,
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
