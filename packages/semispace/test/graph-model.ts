// The model that the heap is held against: plain objects, and nothing of where things lie.

import type { Mutator, Reference, Slot, TypeId } from "@ouro/interfaces";
import type { MemoryManager } from "@ouro/memory-manager";

/** How an object of a type is laid out, said once more and apart from the sources. */
export interface Shape {
  readonly name: string;
  readonly visitedSlotCount?: number;
  readonly ownedSlotCount?: number;
  readonly rawWordCount?: number;
  readonly variablePart?: "visited" | "owned" | "raw" | "bytes";
}

/** A granule and less, odd sizes, owned-only slots, every variable part, more than a bulk copy. */
export const shapes: readonly Shape[] = [
  { name: "pair", visitedSlotCount: 2 },
  { name: "empty" },
  { name: "raw pair", rawWordCount: 2 },
  { name: "odd", visitedSlotCount: 1, rawWordCount: 2 },
  { name: "owner", visitedSlotCount: 1, ownedSlotCount: 2, rawWordCount: 1 },
  { name: "owned only", ownedSlotCount: 2 },
  { name: "array", variablePart: "visited" },
  { name: "owned array", visitedSlotCount: 1, variablePart: "owned" },
  { name: "raw array", visitedSlotCount: 2, rawWordCount: 1, variablePart: "raw" },
  { name: "bytes", variablePart: "bytes" },
  { name: "large", visitedSlotCount: 1, rawWordCount: 90 },
];

export interface ModelObject {
  readonly shape: Shape;
  readonly length: number;
  readonly slots: ModelValue[];
  readonly raw: number[];
}
/** An object, 0 for none, or an immediate. */
export type ModelValue = ModelObject | number;

export function newObject(shape: Shape, length: number): ModelObject {
  const { visitedSlotCount = 0, ownedSlotCount = 0, rawWordCount = 0, variablePart } = shape;
  const repeatsSlots = variablePart === "visited" || variablePart === "owned";
  const slotCount = visitedSlotCount + ownedSlotCount + (repeatsSlots ? length : 0);
  const bytesWords = variablePart === "bytes" ? Math.ceil(length / 4) : 0;
  const rawCount = rawWordCount + (variablePart === "raw" ? length : bytesWords);
  return {
    shape,
    length,
    slots: new Array(slotCount).fill(0),
    raw: new Array(rawCount).fill(0),
  };
}

/** The first slot's field; raw words come behind the slots. */
export function firstField(shape: Shape): number {
  return shape.variablePart === undefined ? 0 : 1;
}

/** Objects that the values reach. Nothing recurses. */
export function reachable(roots: readonly ModelValue[]): Set<ModelObject> {
  const found = new Set<ModelObject>();
  const pending = [...roots];
  for (let value = pending.pop(); value !== undefined; value = pending.pop()) {
    if (typeof value === "number" || found.has(value)) continue;
    found.add(value);
    pending.push(...value.slots);
  }
  return found;
}

export interface Pair {
  readonly slot: Slot;
  readonly value: ModelValue;
}

/** Where the heap's graph below the roots differs from the model's; undefined if nowhere. */
export function difference(
  manager: MemoryManager,
  types: ReadonlyMap<Shape, TypeId>,
  roots: readonly Pair[],
): string | undefined {
  const { mutator } = manager;
  const places = new Map<ModelObject, number>();
  const taken = new Map<number, ModelObject>();
  const pending: [ModelValue, number, string][] = roots.map(({ slot, value }) => [
    value,
    mutator.root(slot),
    `root ${slot}`,
  ]);
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const [value, word, path] = next;
    if (typeof value === "number") {
      if (word !== value) return `${path} holds ${word}, not ${value}`;
      continue;
    }
    const place = places.get(value);
    if (place === word) continue;
    if (place !== undefined) return `${path} holds ${word}, where ${place} is the same object`;
    if (taken.has(word)) return `${path} holds ${word}, which is another object`;
    if (word <= 0) return `${path} holds ${word}, no object`;
    places.set(value, word);
    taken.set(word, value);
    const problem = contents(mutator, types, value, word as Reference);
    if (problem !== undefined) return `${path}: ${problem}`;
    const field = firstField(value.shape);
    value.slots.forEach((child, index) => {
      const held = mutator.get(word as Reference, field + index);
      pending.push([child, held, `${path}.${index}`]);
    });
  }
  return undefined;
}

function contents(
  mutator: Mutator,
  types: ReadonlyMap<Shape, TypeId>,
  value: ModelObject,
  object: Reference,
): string | undefined {
  const { shape, length, slots, raw } = value;
  if (mutator.typeOf(object) !== types.get(shape)) return `its type is not ${shape.name}`;
  if (shape.variablePart !== undefined && mutator.lengthOf(object) !== length) {
    return `its length is ${mutator.lengthOf(object)}, not ${length}`;
  }
  const field = firstField(shape) + slots.length;
  const wrong = raw.findIndex((word, index) => mutator.word(object, field + index) !== word);
  return wrong < 0 ? undefined : `raw word ${wrong} is ${mutator.word(object, field + wrong)}`;
}
