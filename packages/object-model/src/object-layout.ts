// Where an object's parts are, from its type's row. These are the checked, readable forms of what
// collectors write out in their loops.
//
//   object  │ strategy's word │ type and flags │ [length] │ visited … │ owned-only … │ raw … │
//           0                 2 or 3: slots start        visited end   slots end       size

import {
  LENGTH_BYTES,
  LENGTH_WORD_OFFSET,
  LENGTH_WORDS,
  ROW_LENGTH,
  ROW_SIZE,
  ROW_SLOTS_END,
  ROW_SLOTS_MASK,
  ROW_SLOTS_START,
  ROW_VISITED_END,
  ROW_VISITED_MASK,
  TYPE_MASK,
  TYPE_ROW_SHIFT,
  TYPE_WORD_OFFSET,
  type TypeId,
  type TypeTable,
  type WordIndex,
} from "@ouro/interfaces";

export interface ObjectLayout {
  typeOf(object: WordIndex): TypeId;
  /** First word of the row of the object's type. */
  rowOf(object: WordIndex): WordIndex;
  /** Word index of the first slot. */
  slotsStart(object: WordIndex): WordIndex;
  /** One past the last slot that a cycle detector visits. */
  visitedEnd(object: WordIndex): WordIndex;
  /** One past the last slot. */
  slotsEnd(object: WordIndex): WordIndex;
  sizeWords(object: WordIndex): number;
  /** Whether word 2 is a length. */
  isVariable(object: WordIndex): boolean;
  /** What an object of the type and length takes; `length` is 0 for a type of fixed length. */
  sizeFor(type: TypeId, length: number): number;
}

/** The layout of objects in one memory under one type table. All O(1). */
export function createObjectLayout(words: Int32Array, types: TypeTable): ObjectLayout {
  const { base } = types;
  const get = (word: number): number => words[word] as number;
  const rowOf = (object: number): number =>
    base + ((get(object + TYPE_WORD_OFFSET) & TYPE_MASK) << TYPE_ROW_SHIFT);

  function sizeIn(row: number, length: number): number {
    const kind = get(row + ROW_LENGTH);
    if (kind === LENGTH_WORDS) return get(row + ROW_SIZE) + length;
    if (kind === LENGTH_BYTES) return get(row + ROW_SIZE) + Math.ceil(length / 4);
    return get(row + ROW_SIZE);
  }

  return {
    typeOf: (object) => (get(object + TYPE_WORD_OFFSET) & TYPE_MASK) as TypeId,
    rowOf,
    slotsStart: (object) => object + get(rowOf(object) + ROW_SLOTS_START),
    visitedEnd(object) {
      const row = rowOf(object);
      const length = get(object + LENGTH_WORD_OFFSET) & get(row + ROW_VISITED_MASK);
      return object + get(row + ROW_VISITED_END) + length;
    },
    slotsEnd(object) {
      const row = rowOf(object);
      const length = get(object + LENGTH_WORD_OFFSET) & get(row + ROW_SLOTS_MASK);
      return object + get(row + ROW_SLOTS_END) + length;
    },
    sizeWords: (object) => sizeIn(rowOf(object), get(object + LENGTH_WORD_OFFSET)),
    isVariable: (object) => get(rowOf(object) + ROW_LENGTH) !== 0,
    sizeFor: (type, length) => sizeIn(base + (type << TYPE_ROW_SHIFT), length),
  };
}
