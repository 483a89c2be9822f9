// The naive model of a private heap: an array with a borrower's number, or 0, for each arena, and a
// count for each figure that cannot be read off it. Each command is given to the heap and to the
// model; afterwards the heap is valid and both say the same, to the byte.
//
//   model   [ - 1 1 2 0 0 1 0 ]   ←→   heap.arenaTable, walkArenas(), statistics()

import { deepStrictEqual, ok } from "node:assert/strict";
import {
  ARENA_SIZE_BYTES,
  ARENA_SIZE_WORDS,
  type Arena,
  type HeapStatistics,
  isOuroError,
  type PrivateHeap,
} from "@ouro/interfaces";
import fc from "fast-check";

export const BORROWER_NAMES = ["pools", "large", "third"] as const;
const REGION_NAMES = ["map", "lists"] as const;
/** More than any test memory has, so that counts and indices also lie outside. */
const ARENA_LIMIT = 9;

export interface Model {
  readonly table: number[];
  readonly firstArenaIndex: number;
  readonly windowBytes: number;
  /** Words of each region by borrower and name. */
  readonly regions: Map<string, { start: number; sizeWords: number }>;
  /** Bytes that the memory's owner sees committed below the heap's window. */
  readonly belowBytes: number;
  isResizable: boolean;
  limit: number;
  soft: number;
  reports: number;
  reserveCount: number;
  released: number;
  highWater: number;
  touchedEnd: number;
  topEnd: number;
  returned: number;
}

export interface Subject {
  readonly heap: PrivateHeap;
  /** How often the heap reported its soft limit so far. */
  reportCount(): number;
}

export function modelOf(heap: PrivateHeap, windowStartBytes: number, soft: number): Model {
  const { firstArenaIndex, arenaCount } = heap;
  for (const name of BORROWER_NAMES) heap.registerBorrower(name);
  return {
    table: new Array(arenaCount).fill(0),
    firstArenaIndex,
    windowBytes: heap.statistics().reservedBytes,
    regions: new Map(),
    belowBytes: windowStartBytes,
    isResizable: heap.backing === "resizable",
    limit: arenaCount - firstArenaIndex,
    soft,
    reports: 0,
    reserveCount: 0,
    released: 0,
    highWater: 0,
    touchedEnd: firstArenaIndex,
    topEnd: firstArenaIndex,
    returned: 0,
  };
}

const lentCount = (model: Model) => model.table.filter((borrower) => borrower !== 0).length;

function isFree(model: Model, start: number, count: number): boolean {
  const run = model.table.slice(start, start + count);
  return start >= model.firstArenaIndex && run.length === count && run.every((each) => each === 0);
}

function lend(model: Model, borrower: number, start: number, count: number): void {
  const before = lentCount(model);
  model.table.fill(borrower, start, start + count);
  const lent = before + count;
  model.reserveCount++;
  model.highWater = Math.max(model.highWater, lent);
  model.touchedEnd = Math.max(model.touchedEnd, start + count);
  model.topEnd = Math.max(model.topEnd, start + count);
  if (before <= model.soft && lent > model.soft) model.reports++;
}

function statisticsOf(model: Model, heap: PrivateHeap): HeapStatistics {
  const { table, firstArenaIndex, topEnd } = model;
  const lent = lentCount(model);
  const committedEnd = model.isResizable ? topEnd : model.touchedEnd;
  const top = topEnd - 1;
  return {
    backing: heap.backing,
    reservedBytes: model.windowBytes,
    limitBytes: model.limit * ARENA_SIZE_BYTES,
    softLimitBytes: model.soft * ARENA_SIZE_BYTES,
    lentArenaCount: lent,
    lentBytes: lent * ARENA_SIZE_BYTES,
    highWaterBytes: model.highWater * ARENA_SIZE_BYTES,
    reserveCount: model.reserveCount,
    releasedArenaCount: model.released,
    returnedBytes: model.returned * ARENA_SIZE_BYTES,
    committedBytes: committedEnd * ARENA_SIZE_BYTES - model.belowBytes,
    topArena:
      top >= firstArenaIndex
        ? { arenaIndex: top, borrower: BORROWER_NAMES[table[top]! - 1]! }
        : undefined,
    borrowers: BORROWER_NAMES.map((name, index) => ({
      name,
      lentArenaCount: table.filter((each) => each === index + 1).length,
    })),
  };
}

/** The heap is valid, and equals the model in every figure and every arena. */
function checkEqual(model: Model, { heap, reportCount }: Subject): void {
  heap.validate();
  deepStrictEqual(heap.statistics(), statisticsOf(model, heap));
  deepStrictEqual(reportCount(), model.reports);
  const table = heap.words.slice(heap.arenaTable, heap.arenaTable + heap.arenaCount);
  deepStrictEqual([...table], model.table);
  const walked = new Array(model.table.length).fill(0);
  heap.walkArenas((arena, name) => {
    walked[arena / ARENA_SIZE_WORDS] = BORROWER_NAMES.indexOf(name as never) + 1;
  });
  deepStrictEqual(walked, model.table);
}

/** The tables and the regions of these commands, in which a refused call may change nothing. */
function frontOf({ heap }: Subject): Uint8Array {
  const arenaTableBytes = heap.arenaTable * 4;
  return heap.bytes.slice(Math.max(0, arenaTableBytes - 4096), arenaTableBytes + 8192);
}

function checkRefused(subject: Subject, call: () => unknown, answer: unknown): void {
  const before = frontOf(subject);
  let actual: unknown;
  try {
    actual = call();
  } catch (error) {
    if (!isOuroError(error)) throw error;
    actual = error.kind;
  }
  deepStrictEqual(actual, answer);
  ok(Buffer.compare(before, frontOf(subject)) === 0, "a refused call changed the front");
}

type Command = fc.Command<Model, Subject>;

/** A command that may always run; fast-check prints its label when a run fails. */
function command(label: string, run: (model: Model, subject: Subject) => void): Command {
  return {
    check: () => true,
    run(model, subject) {
      run(model, subject);
      checkEqual(model, subject);
    },
    toString: () => label,
  };
}

function reserve(borrower: number, count: number): Command {
  return command(`reserveArenas(${borrower}, ${count})`, (model, subject) => {
    const call = () => subject.heap.reserveArenas(borrower, count);
    const isAllowed = lentCount(model) + count <= model.limit;
    const start = model.table.findIndex((_, index) => isFree(model, index, count));
    if (!isAllowed || start < 0) return checkRefused(subject, call, 0);
    lend(model, borrower, start, count);
    deepStrictEqual(call(), start * ARENA_SIZE_WORDS);
  });
}

function reserveAt(borrower: number, start: number, count: number): Command {
  return command(`reserveArenasAt(${borrower}, ${start}, ${count})`, (model, subject) => {
    const arena = (start * ARENA_SIZE_WORDS) as Arena;
    const call = () => subject.heap.reserveArenasAt(borrower, arena, count);
    const isAllowed = lentCount(model) + count <= model.limit;
    if (!isAllowed || !isFree(model, start, count)) return checkRefused(subject, call, false);
    lend(model, borrower, start, count);
    deepStrictEqual(call(), true);
  });
}

function release(borrower: number, start: number, count: number): Command {
  return command(`releaseArenas(${borrower}, ${start}, ${count})`, (model, subject) => {
    const arena = (start * ARENA_SIZE_WORDS) as Arena;
    const call = () => subject.heap.releaseArenas(borrower, arena, count);
    const run = model.table.slice(start, start + count);
    if (run.length < count || run.some((each) => each !== borrower)) {
      return checkRefused(subject, call, "invalid-address");
    }
    model.table.fill(0, start, start + count);
    model.released += count;
    const topEnd = 1 + model.table.findLastIndex((each) => each !== 0);
    const oldEnd = model.topEnd;
    model.topEnd = Math.max(topEnd, model.firstArenaIndex);
    if (model.isResizable) model.returned += oldEnd - model.topEnd;
    call();
  });
}

/** Releases what is lent: up to `count` arenas from the one that comes `nth`, counted around. */
function releaseLent(nth: number, count: number): Command {
  return {
    check: (model) => lentCount(model) > 0,
    run(model, subject) {
      const lent = model.table.flatMap((borrower, index) => (borrower === 0 ? [] : [index]));
      const start = lent[nth % lent.length]!;
      const borrower = model.table[start]!;
      let end = start + 1;
      while (end < start + count && model.table[end] === borrower) end++;
      release(borrower, start, end - start).run(model, subject);
    },
    toString: () => `releaseLent(${nth}, ${count})`,
  };
}

function setLimit(limit: number): Command {
  return command(`setLimitBytes(${limit} arenas)`, (model, { heap }) => {
    model.limit = Math.min(limit, heap.arenaCount - heap.firstArenaIndex);
    heap.setLimitBytes(limit * ARENA_SIZE_BYTES + 17);
  });
}

function reserveRegion(borrower: number, name: string, sizeWords: number): Command {
  return command(`reserveRegion(${borrower}, ${name}, ${sizeWords})`, (model, subject) => {
    const call = () => subject.heap.reserveRegion(borrower, name, sizeWords);
    const granuleWords = Math.ceil(sizeWords / 4) * 4;
    const known = model.regions.get(`${borrower} ${name}`);
    if (known !== undefined && known.sizeWords !== granuleWords) {
      return checkRefused(subject, call, "usage");
    }
    const region = call();
    deepStrictEqual(region.existed, known !== undefined);
    deepStrictEqual(region.sizeWords, granuleWords);
    if (known !== undefined) return deepStrictEqual(region.start, known.start);
    model.regions.set(`${borrower} ${name}`, region);
    const words = subject.heap.words.subarray(region.start, region.start + granuleWords);
    ok(
      words.every((word) => word === 0),
      "a fresh region is not zero",
    );
    words.fill(-1);
  });
}

const anyBorrower = fc.integer({ min: 1, max: BORROWER_NAMES.length });
const anyCount = fc.oneof(
  { weight: 9, arbitrary: fc.integer({ min: 1, max: 3 }) },
  { weight: 1, arbitrary: fc.integer({ min: 4, max: ARENA_LIMIT }) },
);
const anyIndex = fc.integer({ min: 0, max: ARENA_LIMIT });

/** Commands on a heap whose three borrowers are registered, wrong ones among them. */
export const heapCommands = fc.commands(
  [
    fc.tuple(anyBorrower, anyCount).map((args) => reserve(...args)),
    fc.tuple(anyBorrower, anyIndex, anyCount).map((args) => reserveAt(...args)),
    fc.tuple(anyBorrower, anyIndex, anyCount).map((args) => release(...args)),
    fc.tuple(anyIndex, anyCount).map((args) => releaseLent(...args)),
    anyIndex.map(setLimit),
    fc
      .tuple(anyBorrower, fc.constantFrom(...REGION_NAMES), fc.integer({ min: 1, max: 40 }))
      .map((args) => reserveRegion(...args)),
  ],
  { maxCommands: 60 },
);
