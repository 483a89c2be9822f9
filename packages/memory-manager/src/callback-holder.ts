// The holder of callbacks: what CPython's tuple of weak references and callbacks is while they are
// called, because their referent's count reached zero. It is an object at the end of generation 0,
// held from outside: whatever else a collection finds meanwhile, what only the holder refers to is
// reached late, and goes behind the rest of its list.
//
//   holder   │ header │ length │ newest weak reference │ its callback │ … │ oldest │ its callback │
//
// As CPython's comes from a free list, and goes back to it, neither its birth nor its death is
// counted: its row says to those who count that no collector watches it.
//
// Source: CPython 3.13 Objects/weakrefobject.c, `PyObject_ClearWeakRefs`.

import {
  LENGTH_WORD_OFFSET,
  OBJECT_HEADER_SIZE_WORDS,
  ROW_FLAGS,
  TYPE_COLLECTED,
  TYPE_ROW_SHIFT,
  type TypeId,
  type TypeTable,
} from "@ouro/interfaces";
import { findOrDefineType } from "@ouro/object-model";

const HOLDER_TYPE = {
  name: "callbacks of weak references",
  variablePart: "visited",
  visitOrder: "backward",
  releaseOrder: "backward",
} as const;

export interface CallbackHolderOptions {
  words: Int32Array;
  types: TypeTable;
  /** Fewer callbacks have no holder. */
  leastCount: number;
  place: (type: TypeId, sizeWords: number) => number;
  track: (object: number, generation: number) => void;
}

/** Makes a function that makes a holder for so many callbacks; it answers 0 if there is none. */
export function createCallbackHolders(options: CallbackHolderOptions): (count: number) => number {
  const { words, types, leastCount, place, track } = options;

  /** 0 without room in the type table, or if the program has another type of this name. */
  function holderType(): TypeId | 0 {
    try {
      const type = findOrDefineType(types, HOLDER_TYPE);
      const flags = types.base + (type << TYPE_ROW_SHIFT) + ROW_FLAGS;
      words[flags] = (words[flags] as number) & ~TYPE_COLLECTED;
      return type;
    } catch {
      return 0;
    }
  }

  return (count) => {
    if (count < leastCount) return 0;
    const type = holderType();
    const slotCount = 2 * count;
    const holder = type === 0 ? 0 : place(type, OBJECT_HEADER_SIZE_WORDS + 1 + slotCount);
    if (holder === 0) return 0;
    words[holder + LENGTH_WORD_OFFSET] = slotCount;
    track(holder, 0);
    return holder;
  };
}
