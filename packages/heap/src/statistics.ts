// The heap's figures, read from its header: nothing is counted twice, so nothing can drift.

import { ARENA_SIZE_BYTES, type HeapStatistics } from "@ouro/interfaces";
import type { HeapContext } from "./heap-context.js";
import {
  BORROWER_COUNT,
  BORROWER_LENT_ARENAS,
  BORROWERS,
  HIGH_WATER_ARENAS,
  LENT_ARENAS,
  LIMIT_ARENAS,
  RECORD_SIZE_WORDS,
  RELEASED_ARENAS,
  RESERVE_COUNT,
  RETURNED_ARENAS,
  SOFT_LIMIT_ARENAS,
  TOP_ARENA_END,
  TOUCHED_ARENA_END,
} from "./heap-layout.js";
import { readName } from "./records.js";

/** O(borrowers). */
export function heapStatistics(context: HeapContext): HeapStatistics {
  const { backing, base, words, arenaTable, firstArenaIndex, get } = context;
  context.checkAttached("statistics");
  const bytes = (offset: number): number => (get(offset) >>> 0) * ARENA_SIZE_BYTES;
  const borrowers = Array.from({ length: get(BORROWER_COUNT) }, (_, index) => {
    const record = BORROWERS + index * RECORD_SIZE_WORDS;
    return { name: readName(context, record), lentArenaCount: get(record + BORROWER_LENT_ARENAS) };
  });
  const arenaIndex = get(TOP_ARENA_END) - 1;
  const top = borrowers[words[arenaTable + arenaIndex]! - 1];
  const committedEnd = backing === "resizable" ? TOP_ARENA_END : TOUCHED_ARENA_END;
  return {
    backing,
    reservedBytes: (context.windowEnd - base) * 4,
    limitBytes: bytes(LIMIT_ARENAS),
    softLimitBytes: bytes(SOFT_LIMIT_ARENAS),
    lentArenaCount: get(LENT_ARENAS),
    lentBytes: bytes(LENT_ARENAS),
    highWaterBytes: bytes(HIGH_WATER_ARENAS),
    reserveCount: get(RESERVE_COUNT) >>> 0,
    releasedArenaCount: get(RELEASED_ARENAS) >>> 0,
    returnedBytes: bytes(RETURNED_ARENAS),
    committedBytes: bytes(committedEnd) - base * 4,
    topArena: arenaIndex >= firstArenaIndex && top ? { arenaIndex, borrower: top.name } : undefined,
    borrowers,
  };
}
