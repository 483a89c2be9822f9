// The heap's figures, read from its header: nothing is counted twice, so nothing can drift.

import { ARENA_SIZE_BYTES, type HeapStatistics } from "@ouro/interfaces";
import type { BorrowerTable } from "./borrower-table.js";
import { checkAttached, type HeapContext } from "./heap-context.js";
import * as layout from "./heap-layout.js";

/** O(borrowers). */
export function heapStatistics(context: HeapContext, borrowers: BorrowerTable): HeapStatistics {
  const { words, base, heapLayout, backing } = context;
  checkAttached(words, "statistics");
  const bytes = (offset: number): number => (words[base + offset]! >>> 0) * ARENA_SIZE_BYTES;
  const isResizable = backing.kind === "resizable";
  const committedEnd = isResizable ? layout.TOP_ARENA_END : layout.TOUCHED_ARENA_END;
  const topArenaIndex = words[base + layout.TOP_ARENA_END]! - 1;
  const isAnyLent = topArenaIndex >= heapLayout.firstArenaIndex;
  const topBorrower = words[heapLayout.arenaTable + topArenaIndex]!;
  return {
    backing: backing.kind,
    reservedBytes: (heapLayout.windowEnd - heapLayout.windowStart) * 4,
    limitBytes: bytes(layout.LIMIT_ARENAS),
    softLimitBytes: bytes(layout.SOFT_LIMIT_ARENAS),
    lentArenaCount: words[base + layout.LENT_ARENAS]!,
    lentBytes: bytes(layout.LENT_ARENAS),
    highWaterBytes: bytes(layout.HIGH_WATER_ARENAS),
    reserveCount: words[base + layout.RESERVE_COUNT]! >>> 0,
    releasedArenaCount: words[base + layout.RELEASED_ARENAS]! >>> 0,
    returnedBytes: bytes(layout.RETURNED_ARENAS),
    committedBytes: bytes(committedEnd) - heapLayout.windowStart * 4,
    topArena: isAnyLent
      ? { arenaIndex: topArenaIndex, borrower: borrowers.nameOf(topBorrower) }
      : undefined,
    borrowers: Array.from({ length: borrowers.count() }, (_, index) => ({
      name: borrowers.nameOf(index + 1),
      lentArenaCount: borrowers.lentArenaCount(index + 1),
    })),
  };
}
