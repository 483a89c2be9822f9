// What must hold of the space in use between any two calls.

import {
  ARENA_SIZE_WORDS,
  type Borrower,
  expectSound,
  type PrivateHeap,
  TYPE_MASK,
  TYPE_WORD_OFFSET,
  type TypeTable,
  type WordIndex,
} from "@ouro/interfaces";
import type { ObjectLayout } from "@ouro/object-model";
import {
  FROM_END,
  FROM_START,
  LIVE_COUNT,
  MAPPED_END,
  SPACE_END,
  SPACE_FREE,
  SPACE_START,
} from "./space-layout.js";
import type { StartMap } from "./start-map.js";

/** Throws `HeapCorruptionError` naming the first thing found broken. O(heap). */
export function validateSpace(
  heap: PrivateHeap,
  borrower: Borrower,
  types: TypeTable,
  layout: ObjectLayout,
  state: WordIndex,
  startMap: StartMap,
): void {
  const { words } = heap;
  const start = words[state + SPACE_START] as number;
  const free = words[state + SPACE_FREE] as number;
  const end = words[state + SPACE_END] as number;
  const expectSpace = (fact: boolean, problem: string): void =>
    expectSound(fact, "semispace", state, problem);
  const isWhole = start % ARENA_SIZE_WORDS === 0 && end % ARENA_SIZE_WORDS === 0;
  expectSpace(isWhole, "it does not consist of whole arenas");
  expectSpace(start <= free && free <= end && free % 4 === 0, "its free word lies outside of it");
  const mappedEnd = words[state + MAPPED_END] as number;
  expectSpace(start <= mappedEnd && mappedEnd <= free, "its start map is ahead of its objects");
  validateArenas(heap, borrower, state);
  const liveCount = validateSpaceObjects(words, types, layout, start, free, startMap);
  expectSpace(liveCount === words[state + LIVE_COUNT], `it counts wrong: ${liveCount} are there`);
}

/** Exactly the arenas of the space in use, and of the one that is left, are lent. */
function validateArenas(heap: PrivateHeap, borrower: Borrower, state: WordIndex): void {
  const { words, arenaTable } = heap;
  for (let index = heap.firstArenaIndex; index < heap.arenaCount; index++) {
    const arena = index * ARENA_SIZE_WORDS;
    const isIn = (from: number, to: number): boolean =>
      arena >= (words[state + from] as number) && arena < (words[state + to] as number);
    const isLent = words[arenaTable + index] === borrower;
    const isOurs = isIn(SPACE_START, SPACE_END) || isIn(FROM_START, FROM_END);
    const problem = isLent ? "it is lent, and part of no space" : "it is part of a space, not lent";
    expectSound(isLent === isOurs, "arena", arena, problem);
  }
}

/** Objects lie end to end; answers how many. */
function validateSpaceObjects(
  words: Int32Array,
  types: TypeTable,
  layout: ObjectLayout,
  start: number,
  free: number,
  startMap: StartMap,
): number {
  let count = 0;
  let object = start;
  while (object < free) {
    const type = (words[object + TYPE_WORD_OFFSET] as number) & TYPE_MASK;
    expectSound(
      type >= 1 && type <= types.count,
      "object",
      object,
      () => `its type ${type} is none`,
    );
    expectSound(words[object] === 0, "object", object, "it is forwarded, and in the space in use");
    const sizeWords = layout.sizeWords(object);
    const end = object + ((sizeWords + 3) & -4);
    expectSound(sizeWords >= 2 && end <= free, "object", object, "it reaches past the objects");
    expectSound(startMap.has(object), "start map", object, "an object is not in it");
    for (let word = object + 4; word < end; word += 4) {
      expectSound(!startMap.has(word), "start map", word, "it names the inside of an object");
    }
    for (let word = object + sizeWords; word < end; word++) {
      expectSound(words[word] === 0, "object", object, "something wrote past its end");
    }
    object = end;
    count++;
  }
  return count;
}
