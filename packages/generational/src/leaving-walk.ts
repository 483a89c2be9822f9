// The candidates that may leave the maps: those of a type that untracks, among those of which the
// detector knows that they are reached. Of a tract without such types nothing is read; of others a
// word of the header for each object, in one loop without a call, since most are of other types.
//
//   entry    │ tract │ summary: has tuples, has dicts │
//   word     candidate and not found ─► type ─► flag of its row? ─► visited

import {
  type CandidateMap,
  ROW_FLAGS,
  TRACT_ENTRY_SHIFT,
  TRACT_HAS_DICTS,
  TRACT_HAS_TUPLES,
  TRACT_MAP_WORDS,
  TRACT_SHIFT,
  TYPE_MASK,
  TYPE_ROW_SHIFT,
  TYPE_UNTRACKS_AS_DICT,
  TYPE_WORD_OFFSET,
  type TypeTable,
} from "@ouro/interfaces";

/**
 * Visits the reached candidates whose type has the flag, that of tuples or that of dicts, in
 * address order. The visitor may untrack what it is given. O(candidates of tracts that have such
 * types).
 */
export type LeavingWalk = (
  map: CandidateMap,
  flag: number,
  visit: (object: number) => void,
) => void;

export function createLeavingWalk(words: Int32Array, types: TypeTable): LeavingWalk {
  const rows = types.base;
  const FLAGS = ROW_FLAGS;
  const TYPE = TYPE_WORD_OFFSET;
  const MASK = TYPE_MASK;
  const ROW_SHIFT = TYPE_ROW_SHIFT;
  const { clz32 } = Math;

  function walkTract(
    { candidates, found }: CandidateMap,
    tract: number,
    flag: number,
    visit: (object: number) => void,
  ): void {
    const group = candidates + (tract << 7);
    const map = found + (tract << 5);
    for (let word = 0; word < TRACT_MAP_WORDS; word++) {
      let bits = (words[group + (word << 2)] as number) & ~(words[map + word] as number);
      const first = (tract << TRACT_SHIFT) + (word << 7);
      while (bits !== 0) {
        const bit = bits & -bits;
        bits ^= bit;
        const object = first + ((31 - clz32(bit)) << 2);
        const type = (words[object + TYPE] as number) & MASK;
        if (((words[rows + (type << ROW_SHIFT) + FLAGS] as number) & flag) !== 0) visit(object);
      }
    }
  }

  return function walk(map, flag, visit) {
    const summary = flag === TYPE_UNTRACKS_AS_DICT ? TRACT_HAS_DICTS : TRACT_HAS_TUPLES;
    const end = map.list + (map.tractCount << TRACT_ENTRY_SHIFT);
    for (let entry = map.list; entry < end; entry += 1 << TRACT_ENTRY_SHIFT) {
      if (((words[entry + 1] as number) & summary) === 0) continue;
      walkTract(map, words[entry] as number, flag, visit);
    }
  };
}
