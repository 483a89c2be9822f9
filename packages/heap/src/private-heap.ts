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
  checkInteger,
  EVENT_ARENA_RELEASE,
  EVENT_ARENA_RESERVE,
  EVENT_LIMIT_EXCEED,
  type EventCode,
  InvalidAddressError,
  isObserved,
  type MemoryBacking,
  type Observer,
  type PrivateHeap,
  UsageError,
} from "@ouro/interfaces";
import {
  adoptedWords,
  BACKING_KINDS,
  type BufferOwner,
  ownWords,
  RESERVATION_LIMIT_BYTES,
  type ResizableBuffer,
} from "./backing.js";
import { type HeapContext, layOut, makeContext } from "./heap-context.js";
import {
  ARENA_COUNT,
  BACKING,
  BORROWER_COUNT,
  BORROWER_LENT_ARENAS,
  BORROWERS,
  FIRST_ARENA_INDEX,
  HEAP_MAGIC,
  HEAP_VERSION,
  HIGH_WATER_ARENAS,
  LENT_ARENAS,
  LIMIT_ARENAS,
  LOWEST_FREE_HINT,
  MAGIC,
  RECORD_SIZE_WORDS,
  REGION_TOP,
  RELEASED_ARENAS,
  RESERVE_COUNT,
  RETURNED_ARENAS,
  SOFT_LIMIT_ARENAS,
  TOP_ARENA_END,
  TOUCHED_ARENA_END,
  VERSION,
  WINDOW_END,
  WINDOW_START,
} from "./heap-layout.js";
import { readName, registerBorrower, reserveRegion } from "./records.js";
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

const where = "createPrivateHeap";

/**
 * Makes a private heap. Throws `UsageError` for options that fit no memory and `OutOfMemoryError`
 * when the host refuses the reservation.
 */
export function createPrivateHeap(options: PrivateHeapOptions = {}): PrivateHeap {
  const context = makeMemory(options);
  const { base, words, firstArenaIndex, arenaCount, firstRegion, set } = context;
  const usableBytes = (arenaCount - firstArenaIndex) * ARENA_SIZE_BYTES;
  const { limitBytes = usableBytes, softLimitBytes = usableBytes } = options;
  const limitArenas = arenasIn(context, where, "limitBytes", limitBytes);
  const softLimitArenas = arenasIn(context, where, "softLimitBytes", softLimitBytes);
  if (context.backing === "adopted") words.fill(0, base, firstRegion);
  set(LIMIT_ARENAS, limitArenas);
  set(SOFT_LIMIT_ARENAS, softLimitArenas);
  set(MAGIC, HEAP_MAGIC);
  set(VERSION, HEAP_VERSION);
  set(WINDOW_START, base);
  set(WINDOW_END, context.windowEnd);
  set(FIRST_ARENA_INDEX, firstArenaIndex);
  set(ARENA_COUNT, arenaCount);
  set(TOUCHED_ARENA_END, firstArenaIndex);
  set(TOP_ARENA_END, firstArenaIndex);
  set(LOWEST_FREE_HINT, firstArenaIndex);
  set(REGION_TOP, firstRegion);
  set(BACKING, BACKING_KINDS.indexOf(context.backing));
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
  const [words, base, end] = adoptedWords("openPrivateHeap", memory, options.window);
  const context = openContext(words, base, end);
  if (context === undefined) {
    throw new UsageError({
      where: "openPrivateHeap",
      argument: `the memory at byte ${base * 4}`,
      problem: "holds no private heap of this version",
      remedy: "Pass the buffer, and the window, of a heap made by createPrivateHeap",
    });
  }
  if (context.backing === "resizable") {
    throw new UsageError({
      where: "openPrivateHeap",
      argument: "the heap",
      problem: "is resizable and so has one owner, who gives its tail back",
      remedy: 'Make the heap with backing "shared" to open it a second time',
    });
  }
  return createHeapOn(context, options);
}

/** The context of the heap whose header lies at `base`; undefined if none lies there whole. */
function openContext(words: Int32Array, base: number, end: number): HeapContext | undefined {
  const backing = BACKING_KINDS[words[base + BACKING] ?? -1];
  const windowEnd = words[base + WINDOW_END] ?? -1;
  const firstArenaIndex = words[base + FIRST_ARENA_INDEX] ?? 0;
  const { firstRegion, arenaCount } = layOut(base, windowEnd, 0);
  const regionSizeWords = firstArenaIndex * ARENA_SIZE_WORDS - firstRegion;
  const isHeap =
    words[base + MAGIC] === HEAP_MAGIC &&
    words[base + VERSION] === HEAP_VERSION &&
    words[base + WINDOW_START] === base &&
    words[base + ARENA_COUNT] === arenaCount &&
    regionSizeWords >= 0 &&
    firstArenaIndex < arenaCount &&
    (windowEnd <= end || backing === "resizable");
  if (!isHeap || backing === undefined) return undefined;
  return makeContext(backing, words, base, windowEnd, regionSizeWords);
}

function createHeapOn(
  context: HeapContext,
  { onSoftLimit, observer }: Pick<PrivateHeapOptions, "onSoftLimit" | "observer">,
): PrivateHeap {
  const { backing, words, bytes, arenaTable, arenaCount, firstArenaIndex } = context;
  const { get, set, add, checkAttached } = context;
  const hearing = (code: EventCode) => (isObserved(observer, code) ? observer : undefined);
  const reserveObserver = hearing(EVENT_ARENA_RESERVE);
  const releaseObserver = hearing(EVENT_ARENA_RELEASE);
  const limitObserver = hearing(EVENT_LIMIT_EXCEED);
  const recordOf = (borrower: Borrower): number => BORROWERS + (borrower - 1) * RECORD_SIZE_WORDS;

  function checkBorrower(where: string, borrower: Borrower): void {
    checkAttached(where);
    if (Number.isInteger(borrower) && borrower >= 1 && borrower <= get(BORROWER_COUNT)) return;
    refuseAddress(where, borrower, "a borrower's number from registerBorrower");
  }

  function reserveArenas(borrower: Borrower, count: number): Arena {
    checkBorrower("reserveArenas", borrower);
    checkInteger("reserveArenas", "arenaCount", count, 1);
    let start = get(LOWEST_FREE_HINT);
    while (words[arenaTable + start] !== 0 && start < arenaCount) start++;
    const lowestFree = start;
    while (start + count <= arenaCount) {
      const usedEnd = endOfOthers(0, start, count);
      if (usedEnd === 0) break;
      start = usedEnd;
    }
    if (!lend(borrower, start, count, lowestFree)) return 0 as Arena;
    return (start * ARENA_SIZE_WORDS) as Arena;
  }

  function reserveArenasAt(borrower: Borrower, arena: Arena, count: number): boolean {
    const start = checkRun("reserveArenasAt", borrower, arena, count);
    const isFree = start >= firstArenaIndex && endOfOthers(0, start, count) === 0;
    return isFree && lend(borrower, start, count, get(LOWEST_FREE_HINT));
  }

  /** Checks a run's arguments; the index of its first arena, which may lie outside the memory. */
  function checkRun(where: string, borrower: Borrower, arena: Arena, count: number): number {
    checkBorrower(where, borrower);
    checkInteger(where, "arenaCount", count, 1);
    const start = arena / ARENA_SIZE_WORDS;
    if (!(Number.isInteger(start) && start >= 0)) refuseAddress(where, arena, "an arena");
    return start;
  }

  /** One past the last arena of a run that is not the borrower's; 0 when all are. */
  function endOfOthers(borrower: Borrower, start: number, count: number): number {
    let end = Math.min(start + count, arenaCount);
    while (end > start && words[arenaTable + end - 1] === borrower) end--;
    return end > start ? end : 0;
  }

  /** Lends free arenas, unless they pass the limit or the memory; tells of it. */
  function lend(borrower: Borrower, start: number, count: number, lowestFree: number): boolean {
    const end = start + count;
    const lent = get(LENT_ARENAS) + count;
    if (end > arenaCount || lent > get(LIMIT_ARENAS)) return false;
    if (end > get(TOP_ARENA_END)) {
      if (!fitTop(end)) return false;
      set(TOP_ARENA_END, end);
    }
    words.fill(borrower, arenaTable + start, arenaTable + end);
    set(LOWEST_FREE_HINT, lowestFree);
    set(TOUCHED_ARENA_END, Math.max(end, get(TOUCHED_ARENA_END)));
    set(HIGH_WATER_ARENAS, Math.max(lent, get(HIGH_WATER_ARENAS)));
    add(LENT_ARENAS, count);
    add(RESERVE_COUNT, 1);
    add(recordOf(borrower) + BORROWER_LENT_ARENAS, count);
    reserveObserver?.event(EVENT_ARENA_RESERVE, start * ARENA_SIZE_WORDS, count, borrower);
    const soft = get(SOFT_LIMIT_ARENAS);
    if (lent - count <= soft && lent > soft) {
      const lentBytes = lent * ARENA_SIZE_BYTES;
      const softLimitBytes = soft * ARENA_SIZE_BYTES;
      limitObserver?.event(EVENT_LIMIT_EXCEED, lentBytes, softLimitBytes, borrower);
      onSoftLimit?.({ lentBytes, softLimitBytes });
    }
    return true;
  }

  /** Makes a resizable memory end with arena `end - 1`; false when the host has no more. */
  function fitTop(end: number): boolean {
    if (backing !== "resizable") return true;
    try {
      (words.buffer as ResizableBuffer).resize(end * ARENA_SIZE_BYTES);
      return true;
    } catch (error) {
      if (error instanceof RangeError) return false;
      throw error;
    }
  }

  function releaseArenas(borrower: Borrower, arena: Arena, count: number): void {
    const start = checkRun("releaseArenas", borrower, arena, count);
    const end = start + count;
    if (end > arenaCount || endOfOthers(borrower, start, count) > 0) {
      refuseAddress("releaseArenas", arena, "the first of arenas lent to this borrower");
    }
    words.fill(0, arenaTable + start, arenaTable + end);
    add(LENT_ARENAS, -count);
    add(RELEASED_ARENAS, count);
    add(recordOf(borrower) + BORROWER_LENT_ARENAS, -count);
    set(LOWEST_FREE_HINT, Math.min(start, get(LOWEST_FREE_HINT)));
    if (end === get(TOP_ARENA_END)) giveTailBack(end);
    releaseObserver?.event(EVENT_ARENA_RELEASE, arena, count, borrower);
  }

  function giveTailBack(oldEnd: number): void {
    let end = oldEnd;
    while (end > firstArenaIndex && words[arenaTable + end - 1] === 0) end--;
    set(TOP_ARENA_END, end);
    fitTop(end);
    if (backing === "resizable") add(RETURNED_ARENAS, oldEnd - end);
  }

  return {
    words,
    bytes,
    backing,
    arenaTable,
    firstArenaIndex,
    arenaCount,
    get limitBytes() {
      checkAttached("limitBytes");
      return get(LIMIT_ARENAS) * ARENA_SIZE_BYTES;
    },
    setLimitBytes(limitBytes) {
      checkAttached("setLimitBytes");
      set(LIMIT_ARENAS, arenasIn(context, "setLimitBytes", "limitBytes", limitBytes));
    },
    registerBorrower: (name) => registerBorrower(context, name),
    reserveArenas,
    reserveArenasAt,
    releaseArenas,
    reserveRegion(borrower, name, sizeWords) {
      checkBorrower("reserveRegion", borrower);
      return reserveRegion(context, borrower, name, sizeWords);
    },
    walkArenas(visit) {
      checkAttached("walkArenas");
      for (let index = firstArenaIndex; index < get(TOP_ARENA_END); index++) {
        const borrower = words[arenaTable + index]!;
        if (borrower === 0) continue;
        visit((index * ARENA_SIZE_WORDS) as Arena, readName(context, recordOf(borrower)));
      }
    },
    statistics: () => heapStatistics(context),
    validate: () => validateHeap(context),
  };
}

/** The memory that the options ask for, with where things lie in it; nothing is written yet. */
function makeMemory(options: PrivateHeapOptions): HeapContext {
  const { adopt, window, backing, reservationBytes = 2 ** 30 } = options;
  if (adopt !== undefined) {
    if (backing !== undefined || options.reservationBytes !== undefined) {
      refuseOption("adopt", "excludes backing and reservationBytes");
    }
    const [words, base, windowEnd] = adoptedWords(where, adopt, window);
    return makeContext("adopted", words, base, windowEnd, regionSize(options, base, windowEnd));
  }
  const kind: MemoryBacking = backing ?? "fixed";
  if (!BACKING_KINDS.includes(kind) || (kind as string) === "adopted") {
    refuseOption(`backing ${JSON.stringify(kind)}`, "is none of fixed, shared, resizable");
  }
  if (window !== undefined) refuseOption("window", "is a part of no adopted memory");
  checkInteger(where, "reservationBytes", reservationBytes, 0, RESERVATION_LIMIT_BYTES);
  checkInteger(where, "reservationBytes / 16", reservationBytes / 16, 0);
  const windowEnd = reservationBytes / 4;
  const regionSizeWords = regionSize(options, 0, windowEnd);
  const { firstArenaIndex } = layOut(0, windowEnd, regionSizeWords);
  const words = ownWords(kind, reservationBytes, firstArenaIndex * ARENA_SIZE_BYTES);
  return makeContext(kind, words, 0, windowEnd, regionSizeWords);
}

function refuseOption(argument: string, problem: string): never {
  const remedy = "Give either adopt, perhaps with window, or backing and reservationBytes";
  throw new UsageError({ where, argument, problem, remedy });
}

/** The words of regions that leave room for an arena. */
function regionSize(options: PrivateHeapOptions, windowStart: number, windowEnd: number): number {
  const sizeBytes = (windowEnd - windowStart) * 4;
  const { regionBytes = sizeBytes / 32 + 65536 } = options;
  if (options.regionBytes !== undefined) checkInteger(where, "regionBytes", regionBytes, 0);
  const regionSizeWords = Math.ceil(regionBytes / 4);
  const { firstArenaIndex, arenaCount } = layOut(windowStart, windowEnd, regionSizeWords);
  if (firstArenaIndex < arenaCount) return regionSizeWords;
  throw new UsageError({
    where,
    argument: `a memory of ${sizeBytes} bytes`,
    problem: "holds no whole arena of 1 MiB beside the heap's tables",
    remedy: "Reserve at least 2 MiB, or widen the window",
  });
}

/** A limit in whole arenas that can be lent. */
function arenasIn(
  { arenaCount, firstArenaIndex }: HeapContext,
  caller: string,
  argument: string,
  bytes: number,
): number {
  checkInteger(caller, argument, bytes, 0);
  return Math.min(Math.floor(bytes / ARENA_SIZE_BYTES), arenaCount - firstArenaIndex);
}

function refuseAddress(caller: string, address: number, expected: string): never {
  throw new InvalidAddressError({ where: caller, address, expected });
}
