// The found map, in which all candidates stand at first, and those whom nobody reaches at last: how
// many these are, and which of them finalization may look at.

import {
  ROW_FLAGS,
  TRACT_MAP_WORDS,
  TRACT_SHIFT,
  TYPE_FINALIZER,
  TYPE_MASK,
  TYPE_ROW_SHIFT,
  TYPE_WEAK_REFERENCE,
  TYPE_WORD_OFFSET,
  type WordIndex,
} from "@ouro/interfaces";

export interface FoundMap {
  /** Puts all candidates of a tract into the map. O(1). */
  begin(tract: number, candidates: WordIndex, found: WordIndex): void;
  /**
   * How many of a tract are in it. At the end of `special`, if there is one, it puts those with a
   * finalizer, those with weak references, and weak references themselves. O(those in the map).
   */
  count(tract: number, found: WordIndex, special: WordIndex[] | undefined): number;
}

export function createFoundMap(words: Int32Array, rows: WordIndex, weakMask: number): FoundMap {
  function isSpecialType(type: number): boolean {
    const flags = words[rows + (type << TYPE_ROW_SHIFT) + ROW_FLAGS] as number;
    return (flags & (TYPE_FINALIZER | TYPE_WEAK_REFERENCE)) !== 0;
  }

  function countBits(map: number): number {
    let count = 0;
    for (let word = map; word < map + TRACT_MAP_WORDS; word++) {
      for (let bits = words[word] as number; bits !== 0; bits &= bits - 1) count++;
    }
    return count;
  }

  return {
    begin(tract, candidates, found) {
      const group = candidates + (tract << 7);
      const map = found + (tract << 5);
      for (let word = 0; word < TRACT_MAP_WORDS; word++) {
        words[map + word] = words[group + (word << 2)] as number;
      }
    },
    count(tract, found, special) {
      const map = found + (tract << 5);
      if (special === undefined) return countBits(map);
      let foundCount = 0;
      let type = -1;
      let isSpecial = false;
      for (let word = 0; word < TRACT_MAP_WORDS; word++) {
        let bits = words[map + word] as number;
        const first = (tract << TRACT_SHIFT) + (word << 7);
        while (bits !== 0) {
          const bit = bits & -bits;
          bits ^= bit;
          foundCount++;
          const object = first + ((31 - Math.clz32(bit)) << 2);
          const header = words[object + TYPE_WORD_OFFSET] as number;
          if ((header & TYPE_MASK) !== type) {
            type = header & TYPE_MASK;
            isSpecial = isSpecialType(type);
          }
          if (isSpecial || (header & weakMask) !== 0) special.push(object);
        }
      }
      return foundCount;
    },
  };
}
