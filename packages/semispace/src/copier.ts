// The copying itself, after Cheney: the new space is its own queue. What the roots name is copied
// first; then a cursor walks over the copies, and copies what their slots name behind them. No
// stack, no marks, and nothing dead is looked at.
//
//   new space   │ scanned: slots name copies │ copied: slots name old objects │ free …
//                                        scan ┘                           free ┘
//
// The old copy's word 0 becomes the forwarding reference; words 1 and 2, its type and length, stay,
// so that its size can still be read. **Invariant:** what is scanned names no object of the old
// space. C. J. Cheney, *A nonrecursive list compacting algorithm* (CACM 13, 1970).

import {
  expectSound,
  LENGTH_BYTES,
  LENGTH_WORD_OFFSET,
  ROW_LENGTH,
  ROW_SIZE,
  ROW_SLOTS_END,
  ROW_SLOTS_MASK,
  ROW_SLOTS_START,
  type RootStack,
  TYPE_MASK,
  TYPE_ROW_SHIFT,
  TYPE_WORD_OFFSET,
  type TypeTable,
  type WordIndex,
} from "@ouro/interfaces";
import { SPACE_FREE } from "./space-layout.js";

/** From so many words on, `copyWithin` is faster than a loop. */
const BULK_WORDS = 64;

export interface Copier {
  /**
   * Copies what the roots reach to `start` and on, and answers how many objects that is; the free
   * word of the state ends behind the last. Room for all of it is the caller's to make.
   */
  copyReachable(start: WordIndex): number;
}

export function createCopier(
  words: Int32Array,
  types: TypeTable,
  roots: RootStack,
  state: WordIndex,
): Copier {
  const rows = types.base;
  const freeWord = state + SPACE_FREE;

  /** The copy of an object of the old space, made now if there is none yet. */
  function forward(object: number): number {
    const forwarded = words[object] as number;
    if (forwarded !== 0) return forwarded;
    const copy = words[freeWord] as number;
    const typeWord = words[object + TYPE_WORD_OFFSET] as number;
    const word2 = words[object + 2] as number;
    const row = rows + ((typeWord & TYPE_MASK) << TYPE_ROW_SHIFT);
    let sizeWords = words[row + ROW_SIZE] as number;
    const lengthKind = words[row + ROW_LENGTH] as number;
    if (lengthKind !== 0) {
      sizeWords += lengthKind === LENGTH_BYTES ? (word2 + 3) >>> 2 : word2;
    }
    words[copy] = 0;
    words[copy + TYPE_WORD_OFFSET] = typeWord;
    words[copy + 2] = word2;
    words[copy + 3] = words[object + 3] as number;
    words[object] = copy;
    words[freeWord] = sizeWords <= 4 ? copy + 4 : copyRest(object, copy, sizeWords);
    return copy;
  }

  /** Copies what lies behind an object's first granule, and answers where the copy ends. */
  function copyRest(object: number, copy: number, sizeWords: number): number {
    const takenWords = (sizeWords + 3) & -4;
    if (takenWords >= BULK_WORDS) words.copyWithin(copy + 4, object + 4, object + takenWords);
    else {
      for (let word = 4; word < takenWords; word++) {
        words[copy + word] = words[object + word] as number;
      }
    }
    return copy + takenWords;
  }

  function forwardSlots(start: number, end: number): void {
    for (let slot = start; slot < end; slot++) {
      const value = words[slot] as number;
      if (value > 0) words[slot] = forward(value);
    }
  }

  /** Scans the copies; the row of the type that came last is kept at hand. */
  function scan(start: number): number {
    let count = 0;
    let lastType = 0;
    let slotsStart = 0;
    let slotsEnd = 0;
    let slotsMask = 0;
    let fixedWords = 0;
    let lengthKind = 0;
    let isPair = false;
    let object = start;
    while (object < (words[freeWord] as number)) {
      const type = (words[object + TYPE_WORD_OFFSET] as number) & TYPE_MASK;
      if (type !== lastType) {
        lastType = type;
        const row = rows + (type << TYPE_ROW_SHIFT);
        slotsStart = words[row + ROW_SLOTS_START] as number;
        slotsEnd = words[row + ROW_SLOTS_END] as number;
        slotsMask = words[row + ROW_SLOTS_MASK] as number;
        fixedWords = words[row + ROW_SIZE] as number;
        // A walk over what something wrote over must end, and say so.
        expectSound(fixedWords >= 2, "object", object, "its type is none");
        lengthKind = words[row + ROW_LENGTH] as number;
        isPair = lengthKind === 0 && slotsEnd === 4 && fixedWords === 4;
      }
      count++;
      if (isPair) {
        // The commonest object, unrolled: two slots, one granule.
        const left = words[object + 2] as number;
        if (left > 0) words[object + 2] = forward(left);
        const right = words[object + 3] as number;
        if (right > 0) words[object + 3] = forward(right);
        object += 4;
        continue;
      }
      const length = words[object + LENGTH_WORD_OFFSET] as number;
      forwardSlots(object + slotsStart, object + slotsEnd + (length & slotsMask));
      let sizeWords = fixedWords;
      if (lengthKind !== 0) sizeWords += lengthKind === LENGTH_BYTES ? (length + 3) >>> 2 : length;
      object += (sizeWords + 3) & -4;
    }
    return count;
  }

  return {
    copyReachable(start) {
      words[freeWord] = start;
      forwardSlots(roots.start, words[roots.handlesEndWord] as number);
      forwardSlots(roots.framesStart, words[roots.topWord] as number);
      return scan(start);
    },
  };
}
