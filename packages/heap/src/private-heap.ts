// The private heap owns all memory that Ouro manages. It knows bytes and arenas, not blocks and not
// objects: it reserves linear memory once, lends arenas of 1 MiB from it, lowest first, and takes
// them back. An arena is free or lent to exactly one borrower; the arena table says which.
//
//   arenaTable   [ - - 1 1 2 0 1 0 0 … ]     a borrower's number, 0 = free
//                      │         │   └ TOUCHED_ARENA_END: never lent, never committed
//                      └ first   └ TOP_ARENA_END: with `resizable` the memory ends here
//
// All state lies in the memory (heap-layout.ts). Any refused request leaves it as it was.
// After CPython's arena allocator (PyObject_SetArenaAllocator, `new_arena` in obmalloc.c).

import {
  ARENA_SIZE_BYTES,
  ARENA_SIZE_WORDS,
  type Arena,
  type Borrower,
  EVENT_ARENA_RELEASE,
  EVENT_ARENA_RESERVE,
  EVENT_LIMIT_EXCEED,
  type EventCode,
  InvalidAddressError,
  isObserved,
  type Observer,
  type PrivateHeap,
  UsageError,
} from "@ouro/interfaces";
import {
  adoptedBacking,
  BACKING_KINDS,
  type BufferOwner,
  OWN_BACKINGS,
  ownBacking,
  RESERVATION_LIMIT_BYTES,
} from "./backing.js";
import { createBorrowerTable } from "./borrower-table.js";
import { checkAttached, type HeapContext } from "./heap-context.js";
import * as layout from "./heap-layout.js";
import { createRegionDirectory } from "./region-directory.js";
import { heapStatistics } from "./statistics.js";
import { validateHeap } from "./validate.js";

export interface PrivateHeapOptions {
  /** Bytes reserved up front for a memory of the heap's own. Default 1 GiB, at most 4 GiB. */
  reservationBytes?: number;
  /** What holds a memory of the heap's own. Default `fixed`. */
  backing?: "fixed" | "shared" | "resizable";
  /** A memory to work in instead of one of the heap's own. */
  adopt?: ArrayBufferLike | BufferOwner;
  /** The part of the adopted memory that the heap may use. Default: all of it. */
  window?: { startBytes?: number; endBytes?: number };
  /** The hard limit on lent bytes, counted in whole arenas. Default: the reservation. */
  limitBytes?: number;
  /** Passing this many lent bytes is reported, and allowed. */
  softLimitBytes?: number;
  /**
   * Called after a reservation that passed the soft limit; the heap is consistent then. It must not
   * throw: the arenas are lent already.
   */
  onSoftLimit?: (facts: { lentBytes: number; softLimitBytes: number }) => void;
  /** Told of arenas lent and taken back. The borrower is in the midst of its own call then. */
  observer?: Observer;
  /** Room for the borrowers' own state. Default: 1/32 of the reservation and 64 KiB. */
  regionBytes?: number;
}

const DEFAULT_RESERVATION_BYTES = 2 ** 30;

/**
 * Makes a private heap. Throws `UsageError` for options that fit no memory and `OutOfMemoryError`
 * when the host refuses the reservation.
 */
export function createPrivateHeap(options: PrivateHeapOptions = {}): PrivateHeap {
  checkOptions(options);
  const context = makeContext(options);
  const { words, base, heapLayout } = context;
  const usableArenas = heapLayout.arenaCount - heapLayout.firstArenaIndex;
  const { limitBytes = usableArenas * ARENA_SIZE_BYTES } = options;
  const { softLimitBytes = usableArenas * ARENA_SIZE_BYTES } = options;
  checkByteCount("createPrivateHeap", "limitBytes", limitBytes);
  checkByteCount("createPrivateHeap", "softLimitBytes", softLimitBytes);
  if (!context.backing.isZeroed) words.fill(0, base, heapLayout.firstRegion);
  words[base + layout.MAGIC] = layout.HEAP_MAGIC;
  words[base + layout.VERSION] = layout.HEAP_VERSION;
  words[base + layout.WINDOW_START] = heapLayout.windowStart;
  words[base + layout.WINDOW_END] = heapLayout.windowEnd;
  words[base + layout.FIRST_ARENA_INDEX] = heapLayout.firstArenaIndex;
  words[base + layout.ARENA_COUNT] = heapLayout.arenaCount;
  words[base + layout.LIMIT_ARENAS] = arenasWithin(limitBytes, usableArenas);
  words[base + layout.SOFT_LIMIT_ARENAS] = arenasWithin(softLimitBytes, usableArenas);
  words[base + layout.TOUCHED_ARENA_END] = heapLayout.firstArenaIndex;
  words[base + layout.TOP_ARENA_END] = heapLayout.firstArenaIndex;
  words[base + layout.LOWEST_FREE_HINT] = heapLayout.firstArenaIndex;
  words[base + layout.REGION_TOP] = heapLayout.firstRegion;
  words[base + layout.BACKING] = BACKING_KINDS.indexOf(context.backing.kind);
  return createHeapOn(context, options);
}

/**
 * Opens a heap that lies in a memory already: in a worker that was sent the shared buffer. Only one
 * thread may change it at a time; nothing here locks. Throws `UsageError` if no heap lies there.
 */
export function openPrivateHeap(
  memory: ArrayBufferLike | BufferOwner,
  options: Pick<PrivateHeapOptions, "window" | "onSoftLimit" | "observer"> = {},
): PrivateHeap {
  const views = adoptedBacking("openPrivateHeap", memory, options.window);
  const { words, windowStart: base } = views;
  const heapLayout = layout.readLayout(words, base, views.windowEnd);
  const kind = BACKING_KINDS[words[base + layout.BACKING] ?? 0] ?? "adopted";
  const isWhole = kind === "resizable" || (heapLayout?.windowEnd ?? 0) <= views.windowEnd;
  if (heapLayout === undefined || !isWhole) {
    throw new UsageError({
      where: "openPrivateHeap",
      argument: `the memory at byte ${base * 4}`,
      problem: "holds no private heap of this version",
      remedy: "Pass the buffer, and the window, of a heap made by createPrivateHeap",
    });
  }
  if (kind === "resizable") {
    throw new UsageError({
      where: "openPrivateHeap",
      argument: "the heap",
      problem: "is resizable and so has one owner, who gives its tail back",
      remedy: 'Make the heap with backing "shared" to open it a second time',
    });
  }
  return createHeapOn({ backing: { ...views, kind }, words, base, heapLayout }, options);
}

function createHeapOn(
  context: HeapContext,
  { onSoftLimit, observer }: Pick<PrivateHeapOptions, "onSoftLimit" | "observer">,
): PrivateHeap {
  const { backing, words, base, heapLayout } = context;
  const { arenaTable, arenaCount, firstArenaIndex } = heapLayout;
  const borrowers = createBorrowerTable(context);
  const regions = createRegionDirectory(context);

  function reserveArenas(borrower: Borrower, count: number): Arena {
    borrowers.check(borrower, "reserveArenas");
    checkArenaCount("reserveArenas", count);
    if (!fitsLimit(count)) return 0 as Arena;
    const lowestFree = findFree();
    const arenaIndex = findRun(lowestFree, count);
    if (arenaIndex === 0 || !lend(borrower, arenaIndex, count)) return 0 as Arena;
    words[base + layout.LOWEST_FREE_HINT] = lowestFree;
    report(borrower, arenaIndex, count);
    return (arenaIndex * ARENA_SIZE_WORDS) as Arena;
  }

  function reserveArenasAt(borrower: Borrower, arena: Arena, count: number): boolean {
    borrowers.check(borrower, "reserveArenasAt");
    checkArenaCount("reserveArenasAt", count);
    const start = indexOf("reserveArenasAt", arena);
    if (start < firstArenaIndex || start + count > arenaCount || !fitsLimit(count)) return false;
    for (let index = start; index < start + count; index++) {
      if (words[arenaTable + index] !== 0) return false;
    }
    if (!lend(borrower, start, count)) return false;
    report(borrower, start, count);
    return true;
  }

  function fitsLimit(count: number): boolean {
    return words[base + layout.LENT_ARENAS]! + count <= words[base + layout.LIMIT_ARENAS]!;
  }

  function findFree(): number {
    let arenaIndex = words[base + layout.LOWEST_FREE_HINT]!;
    while (arenaIndex < arenaCount && words[arenaTable + arenaIndex] !== 0) arenaIndex++;
    return arenaIndex;
  }

  /** The lowest run of `count` free arenas from `start` on, or 0. */
  function findRun(start: number, count: number): number {
    let runLength = 0;
    for (let index = start; index < arenaCount; index++) {
      runLength = words[arenaTable + index] === 0 ? runLength + 1 : 0;
      if (runLength === count) return index - count + 1;
    }
    return 0;
  }

  function lend(borrower: Borrower, start: number, count: number): boolean {
    const end = start + count;
    if (end > words[base + layout.TOP_ARENA_END]!) {
      if (!backing.fit(end * ARENA_SIZE_WORDS)) return false;
      words[base + layout.TOP_ARENA_END] = end;
    }
    if (end > words[base + layout.TOUCHED_ARENA_END]!) {
      words[base + layout.TOUCHED_ARENA_END] = end;
    }
    words.fill(borrower, arenaTable + start, arenaTable + end);
    const lent = words[base + layout.LENT_ARENAS]! + count;
    words[base + layout.LENT_ARENAS] = lent;
    words[base + layout.RESERVE_COUNT] = words[base + layout.RESERVE_COUNT]! + 1;
    borrowers.addLent(borrower, count);
    if (lent > words[base + layout.HIGH_WATER_ARENAS]!)
      words[base + layout.HIGH_WATER_ARENAS] = lent;
    return true;
  }

  /** Tells that arenas were lent, and that they crossed the soft limit if they did. */
  function report(borrower: Borrower, start: number, count: number): void {
    emit(EVENT_ARENA_RESERVE, start * ARENA_SIZE_WORDS, count, borrower);
    const soft = words[base + layout.SOFT_LIMIT_ARENAS]!;
    const lent = words[base + layout.LENT_ARENAS]!;
    if (lent - count > soft || lent <= soft) return;
    const facts = { lentBytes: lent * ARENA_SIZE_BYTES, softLimitBytes: soft * ARENA_SIZE_BYTES };
    emit(EVENT_LIMIT_EXCEED, facts.lentBytes, facts.softLimitBytes, borrower);
    onSoftLimit?.(facts);
  }

  function emit(code: EventCode, a: number, b: number, c: number): void {
    if (isObserved(observer, code)) observer.event(code, a, b, c);
  }

  function releaseArenas(borrower: Borrower, arena: Arena, count: number): void {
    borrowers.check(borrower, "releaseArenas");
    checkArenaCount("releaseArenas", count);
    const start = indexOf("releaseArenas", arena);
    const end = start + count;
    checkLent(borrower, arena, start, end);
    words.fill(0, arenaTable + start, arenaTable + end);
    words[base + layout.LENT_ARENAS] = words[base + layout.LENT_ARENAS]! - count;
    words[base + layout.RELEASED_ARENAS] = words[base + layout.RELEASED_ARENAS]! + count;
    borrowers.addLent(borrower, -count);
    if (start < words[base + layout.LOWEST_FREE_HINT]!)
      words[base + layout.LOWEST_FREE_HINT] = start;
    if (end === words[base + layout.TOP_ARENA_END]!) giveTailBack(end);
    emit(EVENT_ARENA_RELEASE, arena, count, borrower);
  }

  function checkLent(borrower: Borrower, arena: Arena, start: number, end: number): void {
    let isLent = start >= firstArenaIndex && end <= arenaCount;
    for (let index = start; isLent && index < end; index++) {
      isLent = words[arenaTable + index] === borrower;
    }
    if (isLent) return;
    throw new InvalidAddressError({
      where: "releaseArenas",
      address: arena,
      expected: "the first word of arenas lent to this borrower",
    });
  }

  function giveTailBack(oldEnd: number): void {
    let end = oldEnd;
    while (end > firstArenaIndex && words[arenaTable + end - 1] === 0) end--;
    words[base + layout.TOP_ARENA_END] = end;
    if (backing.kind !== "resizable") return;
    backing.fit(end * ARENA_SIZE_WORDS);
    words[base + layout.RETURNED_ARENAS] = words[base + layout.RETURNED_ARENAS]! + oldEnd - end;
  }

  function walkArenas(visit: (arena: Arena, borrower: string) => void): void {
    checkAttached(words, "walkArenas");
    for (let index = firstArenaIndex; index < words[base + layout.TOP_ARENA_END]!; index++) {
      const borrower = words[arenaTable + index]!;
      if (borrower !== 0) visit((index * ARENA_SIZE_WORDS) as Arena, borrowers.nameOf(borrower));
    }
  }

  return {
    words,
    bytes: backing.bytes,
    backing: backing.kind,
    arenaTable,
    firstArenaIndex,
    arenaCount,
    get limitBytes() {
      checkAttached(words, "limitBytes");
      return words[base + layout.LIMIT_ARENAS]! * ARENA_SIZE_BYTES;
    },
    setLimitBytes(limitBytes) {
      checkAttached(words, "setLimitBytes");
      checkByteCount("setLimitBytes", "limitBytes", limitBytes);
      words[base + layout.LIMIT_ARENAS] = arenasWithin(limitBytes, arenaCount - firstArenaIndex);
    },
    registerBorrower: borrowers.register,
    reserveArenas,
    reserveArenasAt,
    releaseArenas,
    reserveRegion: (borrower, name, sizeWords) => {
      borrowers.check(borrower, "reserveRegion");
      return regions.reserve(borrower, name, sizeWords);
    },
    walkArenas,
    statistics: () => heapStatistics(context, borrowers),
    validate: () => validateHeap(context, borrowers),
  };
}

function checkOptions(options: PrivateHeapOptions): void {
  const { adopt, window, backing, reservationBytes } = options;
  const isOwn = adopt === undefined;
  const isKnown = backing === undefined || OWN_BACKINGS.includes(backing);
  if (!isKnown) {
    refuseOption(`backing ${JSON.stringify(backing)}`, `is none of ${OWN_BACKINGS.join(", ")}`);
  }
  if (isOwn && window !== undefined) refuseOption("window", "is a part of no adopted memory");
  if (!isOwn && (backing ?? reservationBytes) !== undefined) {
    refuseOption("adopt", "excludes backing and reservationBytes, which ask for another memory");
  }
}

function refuseOption(argument: string, problem: string): never {
  const remedy = "Give either adopt, with or without window, or backing and reservationBytes";
  throw new UsageError({ where: "createPrivateHeap", argument, problem, remedy });
}

function makeContext(options: PrivateHeapOptions): HeapContext {
  const { adopt, window, backing: kind = "fixed" } = options;
  if (adopt !== undefined) {
    const backing = adoptedBacking("createPrivateHeap", adopt, window);
    const { windowStart, windowEnd } = backing;
    const heapLayout = layOutOrRefuse(windowStart, windowEnd, options.regionBytes);
    return { backing, words: backing.words, base: windowStart, heapLayout };
  }
  const { reservationBytes = DEFAULT_RESERVATION_BYTES } = options;
  checkByteCount("createPrivateHeap", "reservationBytes", reservationBytes);
  if (reservationBytes > RESERVATION_LIMIT_BYTES || reservationBytes % 16 !== 0) {
    throw new UsageError({
      where: "createPrivateHeap",
      argument: `reservationBytes ${reservationBytes}`,
      problem: "is not a multiple of 16 up to 4 GiB",
      remedy: "Make several heaps for more than 4 GiB",
    });
  }
  const heapLayout = layOutOrRefuse(0, reservationBytes / 4, options.regionBytes);
  const frontEndWord = heapLayout.firstArenaIndex * ARENA_SIZE_WORDS;
  const backing = ownBacking(kind, reservationBytes, frontEndWord);
  return { backing, words: backing.words, base: 0, heapLayout };
}

function layOutOrRefuse(
  windowStart: number,
  windowEnd: number,
  regionBytes = Math.ceil(((windowEnd - windowStart) * 4) / 32) + 65536,
): layout.HeapLayout {
  checkByteCount("createPrivateHeap", "regionBytes", regionBytes);
  const heapLayout = layout.layOut(windowStart, windowEnd, Math.ceil(regionBytes / 4));
  if (heapLayout.firstArenaIndex < heapLayout.arenaCount) return heapLayout;
  throw new UsageError({
    where: "createPrivateHeap",
    argument: `a memory of ${(windowEnd - windowStart) * 4} bytes`,
    problem: "holds no whole arena of 1 MiB, aligned to its size, beside the heap's own tables",
    remedy: "Reserve at least 2 MiB, or widen the window",
  });
}

function arenasWithin(bytes: number, usableArenas: number): number {
  return Math.min(Math.floor(bytes / ARENA_SIZE_BYTES), usableArenas);
}

function checkByteCount(where: string, argument: string, bytes: number): void {
  if (Number.isInteger(bytes) && bytes >= 0) return;
  throw new UsageError({
    where,
    argument: `${argument} ${bytes}`,
    problem: "is not a whole number of bytes",
    remedy: "Give an integer, 0 or more",
  });
}

function checkArenaCount(where: string, arenaCount: number): void {
  if (Number.isInteger(arenaCount) && arenaCount >= 1) return;
  throw new UsageError({
    where,
    argument: `arenaCount ${arenaCount}`,
    problem: "is not a whole number of arenas",
    remedy: "Give an integer, 1 or more",
  });
}

/** The index of the first word named `arena`, which may lie outside the memory. */
function indexOf(where: string, arena: Arena): number {
  const arenaIndex = arena / ARENA_SIZE_WORDS;
  if (Number.isInteger(arenaIndex) && arenaIndex >= 0) return arenaIndex;
  throw new InvalidAddressError({ where, address: arena, expected: "the first word of an arena" });
}
