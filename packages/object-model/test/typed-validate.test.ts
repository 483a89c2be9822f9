// What the validation of a typed object finds that a mutator without checks wrote into it, and who
// is said to have taken a reference where many parts do.

import { type Reference, slotAt, type Value } from "@ouro/interfaces";
import { expect, it } from "vitest";
import {
  arrayOf,
  bool,
  createCheckedMutator,
  defineType,
  i32,
  ref,
  refTo,
  self,
} from "../src/index.js";
import { makeManager } from "./manager.js";

const Leaf = defineType({ name: "Leaf", fields: { value: i32 } });
const Node = defineType({
  name: "Node",
  fields: { next: self, leaf: refTo(Leaf), any: ref, isOn: bool },
});
const Row = defineType({ name: "Row", fields: { leaves: arrayOf(refTo(Leaf)) } });

function makeScene() {
  const manager = makeManager();
  const [leaf, node, row] = [Leaf.in(manager), Node.in(manager), Row.in(manager)] as const;
  const frame = manager.mutator.enter(3);
  node.allocate(frame);
  leaf.allocate(slotAt(frame, 1));
  row.allocate(2, slotAt(frame, 2));
  const at = (index: number) => manager.mutator.root(slotAt(frame, index)) as Reference;
  return { ...manager, leaf, node, row, at };
}

it("a validation of a typed object names the field that holds what it must not", () => {
  const { mutator, node, row, at } = makeScene();
  const validate = () => node.validate(at(0) as never);
  for (const [field, word] of [
    [0, 0],
    [1, at(1)],
    [2, at(1)],
    [3, 1],
  ] as const) {
    if (field === 3) mutator.setWord(at(0), field, word);
    else mutator.set(at(0), field, word as Value);
  }
  validate();
  mutator.setWord(at(0), 3, 2);
  expect(validate).toThrow(/^"Node" at word \d+ is broken: isOn is 2, not a bool/);
  mutator.setWord(at(0), 3, 0);
  mutator.set(at(0), 0, at(1));
  expect(validate).toThrow(/^"Node" at word \d+ is broken: next names no "Node"/);
  mutator.set(at(0), 0, at(0));
  mutator.set(at(0), 1, at(0));
  expect(validate).toThrow(/^"Node" at word \d+ is broken: leaf names no "Leaf"/);
  mutator.set(at(0), 1, -1 as Value);
  expect(validate).toThrow('leaf names no "Leaf"');
  mutator.set(at(0), 1, 0);
  validate();
  expect(() => node.validate(at(1) as never)).toThrow(/^"Node" at word \d+ .*its type is another/);
  row.validate(at(2) as never);
  mutator.set(at(2), 2, at(0));
  expect(() => row.validate(at(2) as never)).toThrow(/"Row" at word \d+ .*leaves names no "Leaf"/);
});

it("a stale reference is said to be taken by the part that took it, or by another of many", () => {
  const manager = makeManager();
  const pair = manager.defineType({ name: "pair", visitedSlotCount: 2 });
  const mutator = createCheckedMutator(manager);
  const frame = mutator.enter(1);
  mutator.allocate(pair, frame);
  const takers = Array.from({ length: 20 }, (_, index) => {
    const object = mutator.plain(mutator.root(frame) as Reference);
    const reference = mutator.withEpochFor(`part ${index % 18}`, object);
    mutator.poll();
    const [, taker] =
      /was taken by (.+?) after/.exec(messageOf(() => mutator.typeOf(reference))) ?? [];
    return taker;
  });
  const named = takers.indexOf("another part");
  expect(named).toBeGreaterThan(3);
  const all = Array.from({ length: 18 }, (_, index) => `part ${index}`);
  expect(takers.slice(0, named)).toEqual(all.slice(0, named));
  expect(takers.slice(named, 18)).toEqual(new Array(18 - named).fill("another part"));
  expect(takers.slice(18)).toEqual(["part 0", "part 1"]);
});

function messageOf(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    return (error as Error).message;
  }
  return "";
}
