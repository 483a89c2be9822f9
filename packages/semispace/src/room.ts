// How large the space in use may be. A collection needs a second run of arenas for what it copies,
// in the worst case all that is in use; so the space never grows to a size that the heap could not
// lend a second time, in one run and under its limit.
//
//   arena table   [ - - s s s 0 0 0 0 0 x 0 0 0 0 ]      s: the space, x: somebody else's
//                       └size┘└─ above ┘   └ other ┘
//
//   size + grown ≤ size + above              it grows in place, upwards
//   size + grown ≤ other run, or above − grown
//   lent + grown + (size + grown) ≤ limit

import { ARENA_SIZE_BYTES, ARENA_SIZE_WORDS, type PrivateHeap } from "@ouro/interfaces";

/**
 * The largest size of the space [start, end) after which a collection still finds room; 0 and 0
 * stand for a space that has no place yet. May be less than its size now. Unit: arenas. O(arenas).
 */
export function largestSpace(heap: PrivateHeap, start: number, end: number): number {
  const { words, arenaTable, firstArenaIndex, arenaCount, limitBytes } = heap;
  const endIndex = end / ARENA_SIZE_WORDS;
  const size = (end - start) / ARENA_SIZE_WORDS;
  let lent = 0;
  let above = 0;
  let longest = 0;
  let second = 0;
  let run = 0;
  for (let index = firstArenaIndex; index <= arenaCount; index++) {
    if (index < arenaCount && words[arenaTable + index] === 0) {
      run++;
      continue;
    }
    if (index < arenaCount) lent++;
    if (size > 0 && index - run === endIndex) above = run;
    else if (run > longest) {
      second = longest;
      longest = run;
    } else if (run > second) second = run;
    run = 0;
  }
  const underLimit = Math.floor((limitBytes / ARENA_SIZE_BYTES - lent + size) / 2);
  if (size === 0) return Math.min(underLimit, Math.max(second, Math.floor(longest / 2)));
  const besideOther = Math.max(longest, Math.floor((above + size) / 2));
  return Math.min(underLimit, size + above, besideOther);
}

/** Whole arenas that hold so many words. */
export function arenasFor(sizeWords: number): number {
  return Math.ceil(sizeWords / ARENA_SIZE_WORDS);
}
