// Where a space lies. Pages of a buffer that were touched once stay resident, so a space is to lie
// where one lay before; and where a space has to grow, it grows over what it left.
//
//   first space   . . . . . . . . . . . . a a a a │        ends in the middle of its run
//   its copies    . . . . . . . . b b b b a a a a │        below it, and not one arena too many
//   grown         . . . . . . . . b b b b b b b b │        over the arenas that were left
//   copies        c c c c c c c c b b b b b b b b │        twice what lived then, and no more,
//   grown         c c c c c c c c c c c c c c c c │        was ever touched
//
// A program that does not grow goes back and forth between two places: one that was touched comes
// before one that was not. A place counts only if the space can grow there to what the policy may
// want, with as much beside it for the next copies; else the lowest run is taken (room.ts), and
// so it is in a resizable memory, which gives back the pages of its tail.

import { ARENA_SIZE_WORDS, type PrivateHeap } from "@ouro/interfaces";

/** A run of words: a space, or what spaces have touched. */
export interface Run {
  readonly start: number;
  readonly end: number;
}

/**
 * Where to copy `copyArenas` of a space that is about to be left and may then grow to
 * `wantedArenas`; 0 when neither side of it will do. O(arenas).
 */
export function placeForCopies(
  heap: PrivateHeap,
  left: Run,
  touched: Run,
  copyArenas: number,
  wantedArenas: number,
): number {
  const copyWords = copyArenas * ARENA_SIZE_WORDS;
  const below = left.start - copyWords;
  const above = left.end;
  const canBe = (start: number): boolean =>
    hasRoom(heap, start, Math.max(copyArenas, wantedArenas), left);
  if (below >= touched.start && canBe(below)) return below;
  if (above + copyWords <= touched.end && canBe(above)) return above;
  return canBe(below) ? below : 0;
}

/** Where a space begins that follows none; 0 for the lowest run that is free. O(arenas). */
export function placeForFirst(heap: PrivateHeap, sizeArenas: number): number {
  if (heap.backing === "resizable") return 0;
  const start = middleOfLongestRun(heap) - sizeArenas * ARENA_SIZE_WORDS;
  // In a small heap it would stand in its own way where it grows without a collection.
  return hasRoom(heap, start, 4 * sizeArenas, { start, end: start }) ? start : 0;
}

/** Whether a space may grow to so many arenas at `start`, and be copied to beside it. */
function hasRoom(heap: PrivateHeap, start: number, sizeArenas: number, left: Run): boolean {
  const size = sizeArenas * ARENA_SIZE_WORDS;
  const isOpen = (from: number): boolean => isFree(heap, from, from + size, left);
  return isOpen(start) && (isOpen(start - size) || isOpen(start + size));
}

/** Whether nobody but the space that is left holds an arena of the run. */
function isFree(heap: PrivateHeap, start: number, end: number, left: Run): boolean {
  const { words, arenaTable, firstArenaIndex, arenaCount } = heap;
  if (start < firstArenaIndex * ARENA_SIZE_WORDS || end > arenaCount * ARENA_SIZE_WORDS) {
    return false;
  }
  for (let arena = start; arena < end; arena += ARENA_SIZE_WORDS) {
    const isLeft = arena >= left.start && arena < left.end;
    if (!isLeft && words[arenaTable + arena / ARENA_SIZE_WORDS] !== 0) return false;
  }
  return true;
}

function middleOfLongestRun(heap: PrivateHeap): number {
  const { words, arenaTable, firstArenaIndex, arenaCount } = heap;
  let run = 0;
  let longest = 0;
  let longestEnd = firstArenaIndex;
  for (let index = firstArenaIndex; index < arenaCount; index++) {
    run = words[arenaTable + index] === 0 ? run + 1 : 0;
    if (run <= longest) continue;
    longest = run;
    longestEnd = index + 1;
  }
  return (longestEnd - Math.ceil(longest / 2)) * ARENA_SIZE_WORDS;
}
