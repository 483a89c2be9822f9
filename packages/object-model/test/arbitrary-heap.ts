// Arbitrary heaps: a list of steps of a mutator, and what they build. Objects of several types,
// with every kind of part; garbage, cycles, handles and frames come of the steps.

import {
  immediateOf,
  type Reference,
  type Slot,
  type TypeDescriptor,
  type TypeId,
  type Value,
} from "@ouro/interfaces";
import { describeType } from "@ouro/object-model";
import fc from "fast-check";
import type { Rig } from "./rigs.js";

export const heapTypes: readonly TypeDescriptor[] = [
  describeType({ name: "node", visitedSlotCount: 2, rawWordCount: 1 }),
  describeType({ name: "owner", visitedSlotCount: 1, ownedSlotCount: 2 }),
  describeType({ name: "leaf", rawWordCount: 2 }),
  describeType({ name: "unit" }),
  describeType({ name: "list", visitedSlotCount: 1, variablePart: "visited" }),
  describeType({ name: "owned list", ownedSlotCount: 1, variablePart: "owned" }),
  describeType({ name: "numbers", visitedSlotCount: 1, rawWordCount: 1, variablePart: "raw" }),
  describeType({ name: "größe 📏", variablePart: "bytes" }),
];

/** Four numbers: what to do, and to what. */
export type Step = readonly [kind: number, one: number, other: number, value: number];

const SLOT_COUNT = 6;
const LARGE_LENGTHS = [40, 200, 5000, 70_000];

export const arbitrarySteps: fc.Arbitrary<Step[]> = fc.array(
  fc.tuple(
    fc.nat(15),
    fc.nat(1000),
    fc.nat(1000),
    fc.integer({ min: -(2 ** 30), max: 2 ** 30 - 1 }),
  ),
  { maxLength: 60 },
);

/** Defines the types and takes the steps. */
export function buildHeap(rig: Rig, steps: readonly Step[]): void {
  const ids = heapTypes.map((type) => rig.types.find(type.name) ?? rig.types.define(type));
  const frames = [rig.mutator.enter(SLOT_COUNT)];
  for (const step of steps) takeStep(rig, ids, frames, step);
}

function takeStep(rig: Rig, ids: readonly TypeId[], frames: Slot[], step: Step): void {
  const [kind, one, other, value] = step;
  const { mutator, handles } = rig;
  const frame = frames.at(-1) as Slot;
  const slot = (frame + (one % SLOT_COUNT)) as Slot;
  const otherSlot = (frame + (other % SLOT_COUNT)) as Slot;
  const object = mutator.root(slot);
  if (kind <= 5) allocate(rig, ids, slot, other, value);
  else if (kind <= 9 && object > 0) store(rig, object as Reference, value, mutator.root(otherSlot));
  else if (kind === 10) mutator.setRoot(slot, value < 0 ? 0 : immediateOf(value));
  else if (kind === 11) handles.hold(slot);
  else if (kind === 12 && handles.liveCount > 0) handles.adopt(firstHandle(rig, one)).dispose();
  else if (kind === 13 && frames.length < 5) frames.push(mutator.enter(SLOT_COUNT));
  else if (kind === 14 && frames.length > 1) mutator.leave(frames.pop() as Slot);
  else if (kind === 15) mutator.collect();
}

function allocate(rig: Rig, ids: readonly TypeId[], slot: Slot, choice: number, value: number) {
  const index = choice % ids.length;
  const type = ids[index] as TypeId;
  const { mutator } = rig;
  if (heapTypes[index]?.variablePart === "none") {
    mutator.allocate(type, slot);
    return;
  }
  const isLarge = value % 61 === 0;
  const length = isLarge ? (LARGE_LENGTHS[choice % 4] as number) : Math.abs(value % 9);
  mutator.allocateArray(type, length, slot);
}

/** Stores into a slot of the object chosen by `choice`, or into a raw word. */
function store(rig: Rig, object: Reference, choice: number, value: Value): void {
  const { mutator } = rig;
  const { firstField, slotCount, rawWordCount } = partsOf(rig, object);
  const index = Math.abs(choice) % Math.max(1, slotCount + rawWordCount);
  if (index < slotCount) mutator.set(object, firstField + index, value);
  else if (index < slotCount + rawWordCount) mutator.setWord(object, firstField + index, choice);
}

/** The index of a handle in use. */
function firstHandle({ roots }: Rig, from: number): number {
  const limit = roots.framesStart - roots.start;
  for (let index = from % 8; ; index = (index + 1) % limit) {
    if (roots.isLive(roots.start + index)) return index;
  }
}

export interface ObjectParts {
  readonly type: TypeDescriptor;
  readonly length: number;
  readonly firstField: number;
  readonly slotCount: number;
  readonly rawWordCount: number;
}

/** Where an object's fields are, by its descriptor and through the mutator alone. */
export function partsOf({ mutator, types }: Rig, object: Reference): ObjectParts {
  const type = types.descriptor(mutator.typeOf(object));
  const { variablePart, visitedSlotCount, ownedSlotCount, rawWordCount } = type;
  const isVariable = variablePart !== "none";
  const length = isVariable ? mutator.lengthOf(object) : 0;
  const isSlots = variablePart === "visited" || variablePart === "owned";
  const rawLength = variablePart === "bytes" ? Math.ceil(length / 4) : length;
  return {
    type,
    length,
    firstField: isVariable ? 1 : 0,
    slotCount: visitedSlotCount + ownedSlotCount + (isSlots ? length : 0),
    rawWordCount: rawWordCount + (isSlots ? 0 : rawLength),
  };
}

/**
 * What the program can see of a heap, as text: roots, and whatever is reached from them, each
 * object by the order in which it is met.
 */
export function describeReachable(rig: Rig): string[] {
  const { mutator, roots } = rig;
  const numbers = new Map<number, number>();
  const objects: Reference[] = [];
  const nameOf = (value: Value): string => {
    if (value <= 0) return `${value}`;
    if (!numbers.has(value)) {
      objects.push(value as Reference);
      numbers.set(value, objects.length);
    }
    return `#${numbers.get(value)}`;
  };
  const lines: string[] = [];
  roots.walk((slot, value) => lines.push(`root ${slot - roots.start}: ${nameOf(value)}`));
  for (let index = 0; index < objects.length; index++) {
    const object = objects[index] as Reference;
    const { type, length, firstField, slotCount, rawWordCount } = partsOf(rig, object);
    let text = `${type.name}[${length}]`;
    for (let field = firstField; field < firstField + slotCount; field++) {
      text += ` ${nameOf(mutator.get(object, field))}`;
    }
    const rawStart = firstField + slotCount;
    for (let field = rawStart; field < rawStart + rawWordCount; field++) {
      text += ` =${mutator.word(object, field)}`;
    }
    lines.push(text);
  }
  return lines;
}
