// The counts beside the heap, a byte a granule, and how they go back to zero. Only lent arenas have
// counts that are not.
//
//   region   │ first arena that can be lent │ next arena │ …      64 KiB of counts each
//
// The byte of object o is `bytes[counts + (o >> 2)]`.

import {
  ARENA_SHIFT,
  type ArenaSource,
  expectSound,
  type Region,
  TRACT_MAP_WORDS,
  TRACT_SHIFT,
  type WordIndex,
} from "@ouro/interfaces";

export interface CountMap {
  /** Where the byte of the object at word 0 would lie. */
  readonly counts: number;
  /** All are zero. O(lent arenas). */
  clear(): void;
  /**
   * Those of a tract are zero. Only candidates have counts, and those that were candidates until
   * they left or went out: with `isAnyGone` the map of candidates is not asked. O(1).
   */
  clearTract(tract: number, candidates: WordIndex, isAnyGone: boolean): void;
  /** Throws `HeapCorruptionError` naming a count that is not zero. O(lent arenas). */
  validate(): void;
}

export function createCountMap(
  words: Int32Array,
  region: Region,
  source: Pick<ArenaSource, "arenaTable" | "firstArenaIndex" | "arenaCount">,
): CountMap {
  const counts = region.start * 4 - (source.firstArenaIndex << (ARENA_SHIFT - 2));

  /** The words of counts of each arena that is lent. */
  function eachLent(visit: (start: number, end: number) => void): void {
    const sizeWords = 1 << (ARENA_SHIFT - 4);
    for (let index = source.firstArenaIndex; index < source.arenaCount; index++) {
      if (words[source.arenaTable + index] === 0) continue;
      const start = region.start + (index - source.firstArenaIndex) * sizeWords;
      visit(start, start + sizeWords);
    }
  }

  return {
    counts,
    clear() {
      eachLent((start, end) => words.fill(0, start, end));
    },
    clearTract(tract, candidates, isAnyGone) {
      const group = candidates + (tract << 7);
      const start = (counts + (tract << (TRACT_SHIFT - 2))) >> 2;
      for (let word = 0; word < TRACT_MAP_WORDS; word++) {
        if (words[group + (word << 2)] === 0 && !isAnyGone) continue;
        const place = start + (word << 3);
        for (let each = place; each < place + 8; each++) words[each] = 0;
      }
    },
    validate() {
      eachLent((start, end) => {
        for (let word = start; word < end; word++) {
          expectSound(words[word] === 0, "counts of references inside", word, "one is left");
        }
      });
    },
  };
}
