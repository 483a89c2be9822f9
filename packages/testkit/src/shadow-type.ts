// What an object of a type looks like in the shadow heap, worked out from its descriptor anew: the
// rows of the type table are code under test.
//
//   fields of fixed length      │ slots … │ raw … │
//   fields of variable length   │ length │ slots … │ raw … │      field 0 is the length

import type { TypeDescriptor } from "@ouro/interfaces";

export interface ShadowType {
  readonly descriptor: TypeDescriptor;
  readonly isVariable: boolean;
  /** The field of the first slot. */
  readonly firstField: number;
  slotCount(length: number): number;
  rawWordCount(length: number): number;
  /** Raw words that a program may write: the padding behind odd bytes is not its own. */
  writableWordCount(length: number): number;
}

export function createShadowType(descriptor: TypeDescriptor): ShadowType {
  const { variablePart, visitedSlotCount, ownedSlotCount, rawWordCount } = descriptor;
  const repeatsSlots = variablePart === "visited" || variablePart === "owned";
  const rawWords = (length: number): number => {
    if (variablePart === "raw") return rawWordCount + length;
    return variablePart === "bytes" ? rawWordCount + Math.ceil(length / 4) : rawWordCount;
  };
  return {
    descriptor,
    isVariable: variablePart !== "none",
    firstField: variablePart === "none" ? 0 : 1,
    slotCount: (length) => visitedSlotCount + ownedSlotCount + (repeatsSlots ? length : 0),
    rawWordCount: rawWords,
    writableWordCount: (length) =>
      variablePart === "bytes" ? rawWordCount + Math.floor(length / 4) : rawWords(length),
  };
}
