// The book that a drawing of a heap is made of: which arenas were lent to whom, and what became of
// regions, as the heap answered. It believes every answer; what contradicts is for the picture.

import { ARENA_SIZE_BYTES } from "@ouro/interfaces";

export interface Loan {
  readonly arenaIndex: number;
  readonly borrower: number;
  /** Arenas of one call belong together. */
  readonly callNumber: number;
  /** More was lent with it than the limit was. */
  readonly isOverLimit: boolean;
}

export interface BookRegion {
  /** What the script calls it. */
  readonly name: string;
  /** Borrower and name: the same region is answered again. */
  readonly key: string;
  readonly start: number;
  readonly sizeWords: number;
  /** The number with which it was filled. */
  fill: number | undefined;
}

export interface ArenaBook {
  readonly loans: Loan[];
  /** What was given back, until it is lent again. */
  released: Loan[];
  /** Released by who had not borrowed them, and not refused. */
  readonly releasedWrongly: number[];
  readonly regions: BookRegion[];
  limitBytes: number | undefined;
  callCount: number;
}

export function createArenaBook(): ArenaBook {
  return {
    ...{ loans: [], released: [], releasedWrongly: [], regions: [] },
    ...{ limitBytes: undefined, callCount: 0 },
  };
}

export function lendArenas(
  book: ArenaBook,
  borrower: number,
  arenaIndex: number,
  count: number,
): void {
  const callNumber = ++book.callCount;
  const lentBytes = (book.loans.length + count) * ARENA_SIZE_BYTES;
  const isOverLimit = lentBytes > (book.limitBytes ?? Number.POSITIVE_INFINITY);
  for (let index = arenaIndex; index < arenaIndex + count; index++) {
    book.loans.push({ arenaIndex: index, borrower, callNumber, isOverLimit });
    book.released = book.released.filter((one) => one.arenaIndex !== index);
  }
}

export function releaseArenas(
  book: ArenaBook,
  borrower: number,
  arenaIndex: number,
  count: number,
): void {
  for (let index = arenaIndex; index < arenaIndex + count; index++) {
    const found = book.loans.findLastIndex(
      (one) => one.arenaIndex === index && one.borrower === borrower,
    );
    if (found < 0) book.releasedWrongly.push(index);
    else book.released.push(...book.loans.splice(found, 1));
  }
}

/** The same region answered again is one. */
export function enterRegion(book: ArenaBook, region: BookRegion): void {
  const known = book.regions.find(
    ({ key, start, sizeWords }) =>
      key === region.key && start === region.start && sizeWords === region.sizeWords,
  );
  if (known === undefined) book.regions.push(region);
}
