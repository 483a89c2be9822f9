// Linear memory and where arenas come from: the contract between a private heap and those who
// borrow from it. A heap knows bytes, not objects; a borrower knows its arenas, not the heap.

import type { Arena, WordIndex } from "./word.js";

/** One linear memory. The view is the same object for life; it never moves. */
export interface LinearMemory {
  readonly words: Int32Array;
  readonly bytes: Uint8Array;
}

/** What holds the bytes. Only `resizable` gives memory back to the operating system. */
export type MemoryBacking = "fixed" | "adopted" | "shared" | "resizable";

/**
 * Lends arenas. **Invariant:** an arena has at most one borrower; arenas are lent lowest first; a
 * refused request changes nothing.
 */
export interface ArenaSource extends LinearMemory {
  /**
   * First word of the arena table: word `arenaTable + arenaIndex` holds the borrower's number, 0
   * when the arena is free. Read-only to borrowers: one load tells whose arena a word lies in.
   */
  readonly arenaTable: WordIndex;
  /** Index of the first arena that can be lent; the heap's own tables lie below it. */
  readonly firstArenaIndex: number;
  /** One past the index of the last arena, which is also the number of words of the arena table. */
  readonly arenaCount: number;
  /** Registers a borrower by a name that is unique in this heap; the same name opens it again. */
  registerBorrower(name: string): Borrower;
  /**
   * Reserves a run of adjacent arenas, lowest first. 0 when no such run is left or the limit would
   * be passed. O(arenas).
   */
  reserveArenas(borrower: Borrower, arenaCount: number): Arena;
  /** Reserves exactly the `arenaCount` arenas from `arena` on; false when one is not free. */
  reserveArenasAt(borrower: Borrower, arena: Arena, arenaCount: number): boolean;
  /** Takes a run of arenas back, or part of one. Throws `InvalidAddressError` if not lent so. */
  releaseArenas(borrower: Borrower, arena: Arena, arenaCount: number): void;
  /**
   * Reserves words for a borrower's own state, for the heap's whole life, zero-filled and aligned
   * to a granule; a second call with the same name returns the same region, so that another
   * thread can open it. Throws `OutOfMemoryError` when the regions are full.
   */
  reserveRegion(borrower: Borrower, name: string, sizeWords: number): Region;
}

/** A borrower's number in the arena table, 1 or more. */
export type Borrower = number;

export interface Region {
  readonly start: WordIndex;
  readonly sizeWords: number;
  /** True when the region was there before: its contents are live state, to be opened. */
  readonly existed: boolean;
}

export interface HeapStatistics {
  readonly backing: MemoryBacking;
  /** Bytes of the window, reserved up front. */
  readonly reservedBytes: number;
  /** The hard limit on lent bytes. */
  readonly limitBytes: number;
  readonly softLimitBytes: number;
  readonly lentArenaCount: number;
  readonly lentBytes: number;
  /** Greatest `lentBytes` so far. */
  readonly highWaterBytes: number;
  readonly reserveCount: number;
  /** Arenas taken back so far, and how many bytes the operating system got back. */
  readonly releasedArenaCount: number;
  readonly returnedBytes: number;
  /**
   * Upper bound of the bytes that the operating system may have committed: everything up to the
   * highest arena ever lent, or the buffer's length with a `resizable` backing.
   */
  readonly committedBytes: number;
  /** The highest lent arena: nothing below it can be given back. Undefined when none is lent. */
  readonly topArena: { readonly arenaIndex: number; readonly borrower: string } | undefined;
  readonly borrowers: readonly { readonly name: string; readonly lentArenaCount: number }[];
}

/** The private heap: an arena source with limits, statistics and a walk. */
export interface PrivateHeap extends ArenaSource {
  readonly backing: MemoryBacking;
  /** The hard limit on lent bytes; at most the reservation. */
  readonly limitBytes: number;
  /** Changes the hard limit; lent arenas stay lent, new requests are measured against it. */
  setLimitBytes(limitBytes: number): void;
  /** Visits every lent arena in address order. O(arenas). */
  walkArenas(visit: (arena: Arena, borrower: string) => void): void;
  statistics(): HeapStatistics;
  /** Throws `HeapCorruptionError` naming the first structure found broken. O(arenas). */
  validate(): void;
}
