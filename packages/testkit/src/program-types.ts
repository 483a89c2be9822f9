// The types that programs use: one of every shape that a descriptor can say, so that a strategy
// which reads one field of a row wrongly meets a program that shows it.

import type { TypeDescriptor } from "@ouro/interfaces";

type Given = Pick<TypeDescriptor, "name"> & Partial<TypeDescriptor>;

function describe(given: Given): TypeDescriptor {
  const isVisited = (given.visitedSlotCount ?? 0) > 0 || given.variablePart === "visited";
  return {
    visitedSlotCount: 0,
    ownedSlotCount: 0,
    rawWordCount: 0,
    variablePart: "none",
    visitOrder: "forward",
    releaseOrder: "forward",
    untracking: "never",
    collected: isVisited,
    acyclic: false,
    finalizer: false,
    weaklyReferable: false,
    clearable: isVisited,
    weakReference: false,
    ...given,
  };
}

/** Two visited slots and nothing else: 16 bytes. Chains and rings are made of it. */
export const PAIR = "pair";
/** Its slots are owned-only, and no cycle collector watches it. */
export const FOREIGN = "foreign";
/** As a tuple: any number of visited slots. */
export const SEQUENCE = "sequence";
/** Owned-only slots, any number, behind one visited and one owned-only slot. */
export const TABLE = "table";

export const programTypes: readonly TypeDescriptor[] = [
  describe({ name: PAIR, visitedSlotCount: 2 }),
  describe({ name: "record", visitedSlotCount: 2, ownedSlotCount: 1, rawWordCount: 2 }),
  describe({
    name: "backward",
    visitedSlotCount: 3,
    visitOrder: "backward",
    releaseOrder: "backward",
  }),
  describe({ name: FOREIGN, ownedSlotCount: 1, rawWordCount: 1, collected: false }),
  describe({ name: SEQUENCE, variablePart: "visited", releaseOrder: "backward" }),
  describe({
    name: "tuple",
    visitedSlotCount: 1,
    variablePart: "visited",
    untracking: "tuple",
    clearable: false,
  }),
  describe({
    name: "dict",
    variablePart: "visited",
    visitOrder: "insertion",
    releaseOrder: "insertion",
    untracking: "dict",
  }),
  describe({ name: TABLE, visitedSlotCount: 1, ownedSlotCount: 1, variablePart: "owned" }),
  describe({ name: "box", visitedSlotCount: 1, acyclic: true }),
  describe({ name: "leaf", rawWordCount: 2, acyclic: true }),
  describe({ name: "empty", acyclic: true }),
  describe({ name: "words", visitedSlotCount: 1, rawWordCount: 1, variablePart: "raw" }),
  describe({ name: "bytes", variablePart: "bytes", acyclic: true }),
];

/** Whether an object of a type may be stored in one of another: acyclic ones hold leaves only. */
export function mayHold(holder: TypeDescriptor, held: TypeDescriptor): boolean {
  if (!holder.acyclic) return true;
  const { visitedSlotCount, ownedSlotCount, variablePart } = held;
  const repeatsSlots = variablePart === "visited" || variablePart === "owned";
  return visitedSlotCount + ownedSlotCount === 0 && !repeatsSlots;
}
