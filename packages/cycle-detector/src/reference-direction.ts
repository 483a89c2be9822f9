// Which way most references point, as a few candidates tell it: up, as in a list that grows at its
// end, or down, as in a tree that was built from its leaves. A cursor that goes the same way has
// most of what is reached ahead of it, and little to remember.

import {
  type CandidateMap,
  OBJECT_HEADER_SIZE_WORDS,
  TRACT_ENTRY_SHIFT,
  TRACT_MAP_WORDS,
  TRACT_SHIFT,
} from "@ouro/interfaces";

/** Of so many tracts 32 granules each are looked at. */
const SAMPLED_TRACTS = 16;

/** Of candidates that all have slots, by their first ones. O(1). */
export function pointsDown(words: Int32Array, map: CandidateMap): boolean {
  const { candidates, list, tractCount } = map;
  const step = Math.max(1, Math.floor(tractCount / SAMPLED_TRACTS));
  let balance = 0;
  for (let index = 0; index < tractCount; index += step) {
    const tract = words[list + (index << TRACT_ENTRY_SHIFT)] as number;
    let word = TRACT_MAP_WORDS - 1;
    while (word > 0 && words[candidates + (tract << 7) + (word << 2)] === 0) word--;
    let bits = words[candidates + (tract << 7) + (word << 2)] as number;
    const first = (tract << TRACT_SHIFT) + (word << 7);
    for (; bits !== 0; bits &= bits - 1) {
      const object = first + ((31 - Math.clz32(bits & -bits)) << 2);
      const value = words[object + OBJECT_HEADER_SIZE_WORDS] as number;
      if (value > 0) balance += value < object ? 1 : -1;
    }
  }
  return balance > 0;
}
