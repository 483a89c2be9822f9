// What a definition of a type may say of its fields, and what the accessors are that come of it.

import { type Slot, slotAt, UsageError, type Value } from "@ouro/interfaces";
import { describe, expect, it } from "vitest";
import { arrayOf, defineType, i32, owned, ref, refTo, self } from "../src/index.js";
import { makeManager } from "./manager.js";

const define = (fields: unknown) => () => defineType({ name: "Node", fields: fields as never });

describe("a definition", () => {
  it.each(["set", "give", "fill", "take"])("has no field beside the %s of another", (verb) => {
    const call = define({ left: ref, [`${verb}Left`]: ref });
    expect(call).toThrow(UsageError);
    expect(call).toThrow(`field "${verb}Left" needs the name ${verb}Left, which is taken`);
  });

  it("is told from none, as are its fields", () => {
    expect(() => defineType(null as never)).toThrow("defineType: null is no definition.");
    expect(define(null)).toThrow('defineType "Node": fields null is no object.');
  });

  it("has no field for objects of a type that is none", () => {
    const strange = { group: "visited", target: {} };
    expect(define({ left: strange })).toThrow('field "left" is "visited", which is no kind');
    for (const type of [{ name: "Leaf" }, { fields: {} }, "Leaf", undefined]) {
      expect(() => refTo(type as never)).toThrow(UsageError);
    }
    expect(refTo({ name: "Leaf", fields: {} })).toMatchObject({ target: { name: "Leaf" } });
    expect(self.target).toEqual({ self: true });
  });

  it("puts no other fields behind an array of slots, owned-only ones either", () => {
    for (const [element, other] of [
      [ref, i32],
      [ref, owned],
      [owned, i32],
    ]) {
      expect(define({ items: arrayOf(element as never), other })).toThrow(
        'field "items" is an array of slots, and other fields would lie behind it',
      );
    }
  });

  it("puts an owned-only slot before an array of those", () => {
    const manager = makeManager();
    const fields = { head: owned, items: arrayOf(owned) };
    const row = defineType({ name: "Row", fields }).in(manager);
    const object = row.allocate(2, manager.mutator.enter(1));
    row.setHead(object, -1);
    row.setItems(object, 0, -2);
    row.setItems(object, 1, -3);
    expect([row.head(object), row.items(object, 0), row.items(object, 1)]).toEqual([-1, -2, -3]);
    row.validate(object);
  });
});

describe.each([false, true])("accessors, checked: %s", (checked) => {
  function makeScene() {
    const manager = makeManager({ checked });
    const node = defineType({ name: "Node", fields: { left: ref } }).in(manager);
    const row = defineType({ name: "Row", fields: { items: arrayOf(ref) } }).in(manager);
    const frame = manager.mutator.enter(3);
    const slot = (index: number): Slot => slotAt(frame, index);
    node.allocate(slot(0));
    row.allocate(2, slot(1));
    return { node, row, slot, mutator: manager.mutator };
  }

  it("fill empty slots with what a root slot holds, and empty that", () => {
    const { node, row, slot, mutator } = makeScene();
    mutator.setRoot(slot(2), -7);
    node.fillLeft(node.at(slot(0)), slot(2));
    expect([node.left(node.at(slot(0))), mutator.root(slot(2))]).toEqual([-7, 0]);
    mutator.setRoot(slot(2), -8);
    row.fillItems(row.at(slot(1)), 1, slot(2));
    expect([row.items(row.at(slot(1)), 1), mutator.root(slot(2))]).toEqual([-8, 0]);
  });

  it("tell lengths of a type that has some, and of no other", () => {
    const { node, row, slot } = makeScene();
    expect(row.lengthOf(row.at(slot(1)))).toBe(2);
    expect("lengthOf" in node).toBe(false);
  });
});

it("a checked accessor of lengths names itself, and a fast one of types asks nothing", () => {
  const manager = makeManager({ checked: true });
  const row = defineType({ name: "Row", fields: { items: arrayOf(ref) } }).in(manager);
  expect(() => row.lengthOf(-3 as never)).toThrow('Row.lengthOf: value -3 is no "Row"');
  expect(() => row.is(-0.5 as Value)).toThrow("Row.is: value -0.5 is neither");
  const fast = makeManager();
  const plain = defineType({ name: "Row", fields: { items: arrayOf(ref) } }).in(fast);
  expect(plain.is(-0.5 as Value)).toBe(false);
});
