// What the parts of one heap share: its memory, where things lie in it, and access to the words of
// its front by their offset from the header (heap-layout.ts).

import {
  ARENA_SHIFT,
  ARENA_SIZE_WORDS,
  type MemoryBacking,
  UsageError,
  type WordIndex,
} from "@ouro/interfaces";
import { TABLE } from "./heap-layout.js";

export interface HeapContext {
  readonly backing: MemoryBacking;
  readonly words: Int32Array;
  readonly bytes: Uint8Array;
  /** The window's first word, where the header lies. */
  readonly base: WordIndex;
  readonly windowEnd: WordIndex;
  readonly arenaTable: WordIndex;
  readonly firstRegion: WordIndex;
  readonly firstArenaIndex: number;
  /** One past the last arena's index; also the number of words of the arena table. */
  readonly arenaCount: number;
  get(offset: number): number;
  set(offset: number, value: number): void;
  add(offset: number, count: number): void;
  /**
   * Growing a WebAssembly.Memory, or transferring a buffer, takes the bytes away from every view.
   */
  checkAttached(where: string): void;
}

/** Where the parts of a front lie, and how many arenas fit. O(1). */
export function layOut(windowStart: WordIndex, windowEnd: WordIndex, regionSizeWords: number) {
  const arenaCount = windowEnd >>> ARENA_SHIFT;
  const arenaTable = windowStart + TABLE;
  const firstRegion = (arenaTable + arenaCount + 3) & ~3;
  const firstArenaIndex = Math.ceil((firstRegion + regionSizeWords) / ARENA_SIZE_WORDS);
  return { arenaTable, firstRegion, firstArenaIndex, arenaCount };
}

/** The context of a heap in a window; its front holds the tables and `regionSizeWords`. */
export function makeContext(
  backing: MemoryBacking,
  words: Int32Array,
  base: WordIndex,
  windowEnd: WordIndex,
  regionSizeWords: number,
): HeapContext {
  const get = (offset: number): number => words[base + offset]!;
  const set = (offset: number, value: number): void => {
    words[base + offset] = value;
  };
  return {
    backing,
    words,
    bytes: new Uint8Array(words.buffer),
    base,
    windowEnd,
    ...layOut(base, windowEnd, regionSizeWords),
    get,
    set,
    add: (offset, count) => set(offset, get(offset) + count),
    checkAttached(where) {
      if (words.length > 0) return;
      throw new UsageError({
        where,
        argument: "the heap's memory",
        problem: "was detached, as growing a WebAssembly.Memory does",
        remedy: "Call openPrivateHeap on it again",
      });
    },
  };
}
