// Walks the blocks that tile an allocator's extents, live and free, in address order.

import { ARENA_SIZE_WORDS } from "@ouro/interfaces";
import * as layout from "./large-layout.js";

/** Calls `visit` for each extent with its first and one past its last arena index. O(arenas). */
export function walkExtents(
  context: layout.LargeContext,
  visit: (startArenaIndex: number, endArenaIndex: number) => void,
): void {
  const { words, arenaTable, borrower, arenaCount } = context;
  let start = -1;
  for (let index = context.firstArenaIndex; index <= arenaCount; index++) {
    const isOurs = index < arenaCount && words[arenaTable + index] === borrower;
    if (isOurs && start < 0) start = index;
    if (isOurs || start < 0) continue;
    visit(start, index);
    start = -1;
  }
}

/**
 * Calls `visit` with the size word of each block of an extent. Stops at the sentinel, or at a size
 * that leads nowhere; the word where it stopped is the result.
 */
export function walkExtent(
  context: layout.LargeContext,
  startArenaIndex: number,
  endArenaIndex: number,
  visit: (header: number, sizeWord: number) => void,
): number {
  const end = endArenaIndex * ARENA_SIZE_WORDS - layout.LARGE_HEADER_SIZE_WORDS;
  let header = startArenaIndex * ARENA_SIZE_WORDS + layout.LARGE_HEADER_SIZE_WORDS;
  while (header < end) {
    const sizeWord = context.words[header] as number;
    const sizeWords = sizeWord & layout.SIZE_MASK;
    if (sizeWords <= 0) break;
    visit(header, sizeWord);
    header += sizeWords;
  }
  return header;
}
