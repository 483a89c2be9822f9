// The start map: one bit a granule of the space in use, set where an object begins. Objects lie one
// after the other, so the map need not be kept while they are placed or copied: it follows when
// somebody asks, from where it ended to where the objects end.
//
//   map     1 1 0 0 1 0 1 . . . .        . not entered yet, whatever it holds
//   space   │A│B    │C  │D│E  │F│ free
//                       mapped ┘
//
// Each object is entered once in its time in a space, so a question costs O(1) spread over the
// objects placed, and a program that never asks pays nothing. The map itself is side memory of a
// bit a granule, which stays untouched until then.

import { ARENA_SIZE_WORDS, type WordIndex } from "@ouro/interfaces";
import type { ObjectLayout } from "@ouro/object-model";
import { objectEnd } from "./object-end.js";
import { MAPPED_END, SPACE_FREE, SPACE_START } from "./space-layout.js";

/** `word >>> MAP_SHIFT` is the word of the map: 32 granules of 4 words. */
const MAP_SHIFT = 7;

export interface StartMap {
  /** Whether an object of the space in use begins at `word`, any number. Never throws. */
  has(word: number): boolean;
}

/**
 * The map at `mapStart`, whose first bit is the first granule of the arena `firstArenaIndex`, over
 * the space that `state` describes.
 */
export function createStartMap(
  words: Int32Array,
  layout: ObjectLayout,
  state: WordIndex,
  mapStart: WordIndex,
  firstArenaIndex: number,
): StartMap {
  const base = mapStart - ((firstArenaIndex * ARENA_SIZE_WORDS) >>> MAP_SHIFT);
  const get = (word: number): number => words[word] as number;

  function follow(mappedEnd: number, free: number): void {
    // A word of the map is emptied when its first granule is entered; bits of the last one stay.
    words.fill(0, base + ((mappedEnd + 127) >>> MAP_SHIFT), base + ((free + 127) >>> MAP_SHIFT));
    let object = mappedEnd;
    while (object < free) {
      const word = base + (object >>> MAP_SHIFT);
      words[word] = get(word) | (1 << (object >>> 2));
      object = objectEnd(layout, object);
    }
    words[state + MAPPED_END] = free;
  }

  return {
    has(word) {
      const free = get(state + SPACE_FREE);
      const isGranule = word >= get(state + SPACE_START) && word < free && (word & 3) === 0;
      if (!isGranule || !Number.isInteger(word)) return false;
      const mappedEnd = get(state + MAPPED_END);
      if (word >= mappedEnd) follow(mappedEnd, free);
      return (get(base + (word >>> MAP_SHIFT)) & (1 << (word >>> 2))) !== 0;
    },
  };
}
