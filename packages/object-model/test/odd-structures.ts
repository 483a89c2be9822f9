// What no program in TypeScript passes to lists, maps, strings, byte arrays, typed objects and
// handles, and one in JavaScript does: each odd thing in the place of a list, an index, a slot or a
// number. In checked mode it is refused by an error of the house that names the call; but for a few
// that are no fault where they stand.

import { isOuroError, type Reference, slotAt } from "@ouro/interfaces";
import type * as ObjectModel from "../src/index.js";
import { makeManager } from "./manager.js";
import { ODD_THINGS } from "./odd-arguments.js";

export type StructureParts = Pick<
  typeof ObjectModel,
  "createByteArrays" | "createHandleSet" | "createLists" | "createMaps" | "createStrings"
> &
  Pick<typeof ObjectModel, "arrayOf" | "createCheckedMutator" | "defineType" | "f32" | "f64"> &
  Pick<typeof ObjectModel, "bool" | "i32" | "ref" | "self">;

export function makeScene(parts: StructureParts) {
  const manager = makeManager();
  const mutator = parts.createCheckedMutator(manager);
  const made = { ...manager, mutator };
  const { i32, f32, f64, bool, ref, self, arrayOf } = parts;
  const fields = { next: self, any: ref, whole: i32, short: f32, long: f64, flag: bool };
  const node = parts.defineType({ name: "Node", fields }).in(made);
  const row = parts.defineType({ name: "Row", fields: { items: arrayOf(ref) } }).in(made);
  const lists = parts.createLists(made);
  const maps = parts.createMaps(made);
  const strings = parts.createStrings(made);
  const bytes = parts.createByteArrays(made);
  const handles = parts.createHandleSet(made);
  const frame = mutator.enter(8);
  const slot = (index: number) => slotAt(frame, index);
  lists.allocate(frame);
  lists.append(frame, slot(7));
  maps.allocate(slot(1));
  strings.allocate("abc", slot(2));
  bytes.allocate(4, slot(3));
  node.allocate(slot(4));
  row.allocate(2, slot(5));
  const at = (index: number) => mutator.root(slot(index)) as Reference;
  return { ...made, ...{ node, row, lists, maps, strings, bytes, handles, frame, slot, at } };
}

export type StructureScene = ReturnType<typeof makeScene>;

export interface OddStructure {
  /** What errors begin with; behind " of " what the odd thing stands for. */
  readonly name: string;
  /** Odd things that are no fault there. */
  readonly allowed?: readonly string[];
  readonly call: (scene: StructureScene, odd: never) => unknown;
}

/** An immediate, and a number. */
const VALUES = ["-1"];
const NUMBERS = ["-1", "NaN", "1.5", "Infinity"];

export const ODD_STRUCTURES: readonly OddStructure[] = [
  { name: "lists.allocate", call: ({ lists }, odd) => lists.allocate(odd) },
  { name: "lists.lengthOf", call: ({ lists }, odd) => lists.lengthOf(odd) },
  { name: "lists.get", call: ({ lists }, odd) => lists.get(odd, 0) },
  { name: "lists.get of a place", call: ({ lists, at }, odd) => lists.get(at(0), odd) },
  { name: "lists.set", call: ({ lists }, odd) => lists.set(odd, 0, 0) },
  {
    name: "lists.set of a value",
    allowed: VALUES,
    call: ({ lists, at }, odd) => lists.set(at(0), 0, odd),
  },
  { name: "lists.give", call: ({ lists, frame }, odd) => lists.give(odd, 0, frame) },
  { name: "lists.append of a slot", call: ({ lists, frame }, odd) => lists.append(frame, odd) },
  { name: "lists.extend", call: ({ lists, frame }, odd) => lists.extend(odd, frame) },
  { name: "lists.clear", call: ({ lists }, odd) => lists.clear(odd) },
  { name: "lists.validate", call: ({ lists }, odd) => lists.validate(odd) },
  { name: "maps.sizeOf", call: ({ maps }, odd) => maps.sizeOf(odd) },
  { name: "maps.has", call: ({ maps }, odd) => maps.has(odd, -1) },
  { name: "maps.has of a key", allowed: VALUES, call: ({ maps, at }, odd) => maps.has(at(1), odd) },
  { name: "maps.get", call: ({ maps }, odd) => maps.get(odd, -1) },
  { name: "maps.set of a key", call: ({ maps, slot }, odd) => maps.set(slot(1), odd, slot(7)) },
  { name: "maps.delete", call: ({ maps }, odd) => maps.delete(odd, -1) },
  { name: "maps.clear", call: ({ maps }, odd) => maps.clear(odd) },
  { name: "maps.next of a place", call: ({ maps, at }, odd) => maps.next(at(1), odd) },
  { name: "maps.keyAt", call: ({ maps }, odd) => maps.keyAt(odd, 0) },
  { name: "maps.keyAt of a place", call: ({ maps, at }, odd) => maps.keyAt(at(1), odd) },
  { name: "maps.valueAt of a place", call: ({ maps, at }, odd) => maps.valueAt(at(1), odd) },
  { name: "strings.lengthOf", call: ({ strings }, odd) => strings.lengthOf(odd) },
  { name: "strings.text", call: ({ strings }, odd) => strings.text(odd) },
  { name: "strings.equals", call: ({ strings, at }, odd) => strings.equals(at(2), odd) },
  { name: "strings.hash", call: ({ strings }, odd) => strings.hash(odd) },
  { name: "strings.slice", call: ({ strings, slot }, odd) => strings.slice(odd, 0, 0, slot(7)) },
  {
    name: "strings.allocateUnits",
    call: ({ strings, slot }, odd) => strings.allocateUnits(odd, 0, 1, slot(7)),
  },
  {
    name: "strings.allocateUnits of a unit",
    allowed: NUMBERS,
    call: ({ strings, slot }, odd) => strings.allocateUnits([odd], 0, 1, slot(7)),
  },
  {
    name: "bytes.allocateFrom",
    call: ({ bytes, slot }, odd) => bytes.allocateFrom(odd, slot(7)),
  },
  {
    name: "bytes.allocateFrom of a byte",
    allowed: NUMBERS,
    call: ({ bytes, slot }, odd) => bytes.allocateFrom([odd] as never, slot(7)),
  },
  { name: "bytes.setByte", call: ({ bytes }, odd) => bytes.setByte(odd, 0, 0) },
  {
    name: "bytes.setByte of a byte",
    allowed: NUMBERS,
    call: ({ bytes, at }, odd) => bytes.setByte(at(3), 0, odd),
  },
  { name: "bytes.copyOut", call: ({ bytes }, odd) => bytes.copyOut(odd) },
  { name: "Node.allocate of a slot", call: ({ node }, odd) => node.allocate(odd) },
  { name: "Node.is", allowed: VALUES, call: ({ node }, odd) => node.is(odd) },
  { name: "Node.next", call: ({ node }, odd) => node.next(odd) },
  { name: "Node.setNext", call: ({ node }, odd) => node.setNext(odd, 0) },
  {
    name: "Node.setNext of a value",
    call: ({ node, slot }, odd) => node.setNext(node.at(slot(4)), odd),
  },
  {
    name: "Node.setAny of a value",
    allowed: VALUES,
    call: ({ node, slot }, odd) => node.setAny(node.at(slot(4)), odd),
  },
  {
    name: "Node.setWhole of a number",
    allowed: VALUES,
    call: ({ node, slot }, odd) => node.setWhole(node.at(slot(4)), odd),
  },
  {
    name: "Node.setShort of a number",
    allowed: NUMBERS,
    call: ({ node, slot }, odd) => node.setShort(node.at(slot(4)), odd),
  },
  {
    name: "Node.setLong of a number",
    allowed: NUMBERS,
    call: ({ node, slot }, odd) => node.setLong(node.at(slot(4)), odd),
  },
  {
    name: "Node.setFlag of a truth value",
    call: ({ node, slot }, odd) => node.setFlag(node.at(slot(4)), odd),
  },
  { name: "Node.validate", call: ({ node }, odd) => node.validate(odd) },
  { name: "Row.allocate of a length", call: ({ row, slot }, odd) => row.allocate(odd, slot(7)) },
  { name: "Row.allocate of a slot", call: ({ row }, odd) => row.allocate(1, odd) },
  { name: "Row.items of a place", call: ({ row, slot }, odd) => row.items(row.at(slot(5)), odd) },
  {
    name: "Row.setItems of a value",
    allowed: VALUES,
    call: ({ row, slot }, odd) => row.setItems(row.at(slot(5)), 0, odd),
  },
  { name: "handles.hold", call: ({ handles }, odd) => handles.hold(odd) },
  { name: "handles.adopt", call: ({ handles }, odd) => handles.adopt(odd) },
];

/** What is wrong with what a call says to odd things; empty when nothing is. */
export function oddStructureFlawsOf(
  { name, allowed, call }: OddStructure,
  parts: StructureParts,
): string[] {
  const scene = makeScene(parts);
  const [where] = name.split(" of ") as [string];
  const flaws: string[] = [];
  for (const [thing, odd] of Object.entries(ODD_THINGS)) {
    const flaw = flawOf(where, () => call(scene, odd as never));
    if (flaw === undefined || (flaw === NOT_REFUSED && allowed?.includes(thing))) continue;
    flaws.push(`${thing}: ${flaw}`);
  }
  scene.validate();
  return flaws;
}

const NOT_REFUSED = "it was not refused";

function flawOf(where: string, call: () => unknown): string | undefined {
  try {
    call();
    return NOT_REFUSED;
  } catch (error) {
    if (!isOuroError(error)) return `it threw ${error}`;
    return error.message.startsWith(`${where}: `) ? undefined : `it says: ${error.message}`;
  }
}

/** Throws when a slot gets a second handle, or none after the first was disposed of. */
export function adoptsOnce(parts: StructureParts): void {
  const { handles, mutator, frame, roots } = makeScene(parts);
  const handle = handles.hold(frame);
  const index = mutator.plainSlot(handle.slot) - roots.start;
  const flaw = flawOf("handles.adopt", () => handles.adopt(index));
  if (flaw !== undefined) throw new Error(flaw);
  handle.dispose();
  handles.make().dispose();
}
