// The typed facade is checked by the type checker alone: each line below a directive must fail to
// compile. Compiled with the workspace's type check; never run.

import type { Mutator, Slot, TypeTable, Value } from "@ouro/interfaces";
import {
  arrayOf,
  bool,
  bytes,
  defineType,
  f64,
  i32,
  type None,
  type Ref,
  ref,
  refTo,
  self,
} from "../src/index.js";

const Node = defineType({
  name: "Node",
  fields: { left: self, any: ref, value: i32, weight: f64, isRed: bool },
});
const Tree = defineType({ name: "Tree", fields: { top: refTo(Node), data: bytes } });
const Row = defineType({ name: "Row", fields: { items: arrayOf(refTo(Node)) } });

declare const parts: { mutator: Mutator; types: TypeTable };
declare const slot: Slot;
declare const value: Value;
const node = Node.in(parts);
const tree = Tree.in(parts);
const row = Row.in(parts);

export const born: Ref<typeof Node> = node.allocate(slot);
export const planted: Ref<typeof Tree> = tree.allocate(5, slot);
export const left: Ref<typeof Node> | None = node.left(born);
export const weight: number = node.weight(born);
export const isRed: boolean = node.isRed(born);
export const any: Value = node.any(born);
export const byte: number = tree.data(planted, 0);
node.setLeft(born, born);
node.setLeft(born, 0);
node.setAny(born, planted);
node.giveLeft(born, slot);
node.takeLeft(slot, born);
tree.setTop(planted, node.at(slot));
row.setItems(row.allocate(2, slot), 1, born);
row.fillItems(row.at(slot), 0, slot);
if (node.is(value)) node.setValue(value, 3);
if (left !== 0) node.value(left);

// @ts-expect-error A tree is no node.
node.value(planted);
// @ts-expect-error A tree is no node to point a left branch to.
node.setLeft(born, planted);
// @ts-expect-error What may be none is asked first.
node.value(node.left(born));
// @ts-expect-error A value may be anything: `is` tells.
node.value(value);
// @ts-expect-error A root slot is no node.
node.value(slot);
// @ts-expect-error A boolean is no number.
node.setIsRed(born, 1);
// @ts-expect-error There is no such field.
node.right(born);
// @ts-expect-error Raw words are not given from root slots.
node.giveValue(born, slot);
// @ts-expect-error A type of fixed length takes no length.
node.allocate(3, slot);
// @ts-expect-error A type of variable length takes one.
tree.allocate(slot);
// @ts-expect-error An element has an index.
row.items(row.at(slot));
// @ts-expect-error The elements are nodes.
row.setItems(row.at(slot), 0, planted);
// @ts-expect-error A kind is one of the constants.
defineType({ name: "Wrong", fields: { value: "i32" } });
