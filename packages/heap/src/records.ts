// Who borrows, and what they keep. A borrower is a name and a number that stands in the arena table
// for each of its arenas. A region is words that a borrower keeps for the heap's whole life (its
// lists, its side tables), taken upwards from the end of the arena table and never given back. The
// same name opens the same borrower or region, in this thread or another.
//
//   borrower's record  │ name: 32 ASCII bytes │ 0        │ lent arenas │ unused, 2 words │
//   region's record    │ name: 32 ASCII bytes │ borrower │ start       │ size │ unused   │
//
// Borrower n has record n − 1. Names are looked up when parts are made, never on a hot path.

import {
  ARENA_SIZE_WORDS,
  type Borrower,
  checkInteger,
  OutOfMemoryError,
  type Region,
  UsageError,
} from "@ouro/interfaces";
import type { HeapContext } from "./heap-context.js";
import {
  BORROWER_COUNT,
  BORROWER_LIMIT,
  BORROWERS,
  RECORD_OWNER,
  RECORD_SIZE_WORDS,
  REGION_COUNT,
  REGION_LIMIT,
  REGION_SIZE,
  REGION_START,
  REGION_TOP,
  REGIONS,
} from "./heap-layout.js";

/** The 32 characters in the record at this offset from the header. */
export function heldName({ bytes, base }: HeapContext, record: number): string {
  const start = (base + record) * 4;
  return String.fromCharCode(...bytes.subarray(start, start + 32));
}

export function readName(context: HeapContext, record: number): string {
  return heldName(context, record).split("\0")[0]!;
}

/** The name, padded as a record holds it; undefined for what is no name. */
export function paddedName(name: unknown): string | undefined {
  return typeof name === "string" && /^[!-~]{1,32}$/.test(name) ? name.padEnd(32, "\0") : undefined;
}

/** The record of this name and owner, made by `make` unless it is there. O(records). */
function openRecord(
  context: HeapContext,
  where: string,
  records: number,
  countOffset: number,
  limit: number,
  owner: Borrower,
  name: string,
  make: (record: number) => void,
): number {
  const { bytes, base, get, set } = context;
  const padded = paddedName(name);
  if (padded === undefined) {
    throw new UsageError({
      where,
      argument: `the name ${JSON.stringify(name)}`,
      problem: "is not 1 to 32 printable ASCII characters",
      remedy: 'Choose one such as "pools"',
    });
  }
  const count = get(countOffset);
  let record = records;
  for (let index = 0; index < count; index++) {
    if (get(record + RECORD_OWNER) === owner && readName(context, record) === name) return record;
    record += RECORD_SIZE_WORDS;
  }
  if (count === limit) {
    throw new UsageError({
      where,
      argument: `"${name}"`,
      problem: `is one more than the ${limit} that a heap has room for`,
      remedy: "Use one of them, or make a second heap",
    });
  }
  make(record);
  for (let index = 0; index < 32; index++) {
    bytes[(base + record) * 4 + index] = padded.charCodeAt(index);
  }
  set(record + RECORD_OWNER, owner);
  set(countOffset, count + 1);
  return record;
}

export function registerBorrower(context: HeapContext, name: string): Borrower {
  const where = "registerBorrower";
  context.checkAttached(where);
  const make = (): void => {};
  const record = openRecord(
    context,
    where,
    BORROWERS,
    BORROWER_COUNT,
    BORROWER_LIMIT,
    0,
    name,
    make,
  );
  return (record - BORROWERS) / RECORD_SIZE_WORDS + 1;
}

export function reserveRegion(
  context: HeapContext,
  borrower: Borrower,
  name: string,
  givenSizeWords: number,
): Region {
  const { words, backing, firstRegion, firstArenaIndex, get, set } = context;
  const where = "reserveRegion";
  checkInteger(where, "sizeWords", givenSizeWords, 1);
  const sizeWords = Math.ceil(givenSizeWords / 4) * 4;
  const top = get(REGION_TOP);
  let existed = true;
  const make = (record: number): void => {
    const end = firstArenaIndex * ARENA_SIZE_WORDS;
    if (top + sizeWords > end) {
      throw new OutOfMemoryError({
        where: `${where} "${name}" (regionBytes of createPrivateHeap sets the room)`,
        requestBytes: sizeWords * 4,
        lentBytes: (top - firstRegion) * 4,
        limitBytes: (end - firstRegion) * 4,
      });
    }
    existed = false;
    set(record + REGION_START, top);
    set(record + REGION_SIZE, sizeWords);
    set(REGION_TOP, top + sizeWords);
    // Any other memory is fresh, and zero without being touched.
    if (backing === "adopted") words.fill(0, top, top + sizeWords);
  };
  const record = openRecord(
    context,
    where,
    REGIONS,
    REGION_COUNT,
    REGION_LIMIT,
    borrower,
    name,
    make,
  );
  if (get(record + REGION_SIZE) !== sizeWords) {
    throw new UsageError({
      where,
      argument: `region "${name}" of ${sizeWords} words`,
      problem: `exists already with ${get(record + REGION_SIZE)} words`,
      remedy: "Open it with that size",
    });
  }
  return { start: get(record + REGION_START), sizeWords, existed };
}
