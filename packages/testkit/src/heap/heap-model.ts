// The naive model of a private heap: an array with a borrower's number, or 0, for each arena, and a
// count for each figure that cannot be read off it. Each command is given to the heap and to the
// model; afterwards both say the same, to the byte.
//
//   model   [ - 1 1 2 0 0 1 0 ]   ←→   heap.arenaTable, walkArenas(), statistics()

import {
  ARENA_SIZE_BYTES,
  ARENA_SIZE_WORDS,
  type Arena,
  type HeapStatistics,
  isOuroError,
  type PrivateHeap,
} from "@ouro/interfaces";
import { BrokenPromiseError, expectPromise } from "../promise.js";
import type { HeapActs } from "./heap-acts.js";
import { BORROWER_NAMES, type HeapCommand } from "./heap-commands.js";
import { recorderOf } from "./heap-recorder.js";
import { type HeapMaker, SOFT_LIMIT_COUNT } from "./heap-subject.js";

/** What a property looks at. Each is one fact of the heap's contract. */
export type HeapCheck =
  | "lending"
  | "refusals"
  | "books"
  | "walk"
  | "regions"
  | "soft limit"
  | "validate";

interface HeapModel {
  readonly heap: PrivateHeap;
  /** Told of what is done beside calls; undefined when nobody writes it down. */
  readonly acts: HeapActs | undefined;
  readonly table: number[];
  /** Words of each region by borrower and name. */
  readonly regions: Map<string, { readonly start: number; readonly sizeWords: number }>;
  readonly isResizable: boolean;
  limit: number;
  reports: number;
  reportsHeard: number;
  reserveCount: number;
  released: number;
  highWater: number;
  touchedEnd: number;
  topEnd: number;
  returned: number;
  checks(check: HeapCheck): boolean;
}

function createModel(maker: HeapMaker, enabled: ReadonlySet<HeapCheck>): HeapModel {
  let model: HeapModel | undefined;
  const heap: PrivateHeap = maker.make({
    softLimitBytes: SOFT_LIMIT_COUNT * ARENA_SIZE_BYTES,
    onSoftLimit() {
      if (enabled.has("soft limit")) heap.validate();
      if (model !== undefined) model.reportsHeard++;
    },
  });
  const { firstArenaIndex, arenaCount } = heap;
  for (const name of BORROWER_NAMES) heap.registerBorrower(name);
  model = {
    heap,
    acts: recorderOf(maker),
    table: new Array<number>(arenaCount).fill(0),
    regions: new Map(),
    isResizable: maker.returnsMemory,
    limit: arenaCount - firstArenaIndex,
    reports: 0,
    reportsHeard: 0,
    reserveCount: 0,
    released: 0,
    highWater: 0,
    touchedEnd: firstArenaIndex,
    topEnd: firstArenaIndex,
    returned: 0,
    checks: (check) => enabled.has(check),
  };
  return model;
}

/** Plays commands on a fresh heap; throws at the first promise that does not hold. */
export function playOnHeap(
  maker: HeapMaker,
  commands: readonly HeapCommand[],
  enabled: ReadonlySet<HeapCheck>,
): void {
  const model = createModel(maker, enabled);
  const reservedBytes = model.heap.statistics().reservedBytes;
  const belowBytes = maker.windowStartBytes ?? 0;
  for (const command of commands) {
    playOne(model, command);
    if (model.checks("validate")) model.heap.validate();
    if (model.checks("books")) checkBooks(model, reservedBytes, belowBytes);
    if (model.checks("walk")) checkWalk(model);
    if (model.checks("lending")) checkTable(model);
    if (model.checks("regions")) checkRegions(model);
    if (model.checks("soft limit")) checkReports(model);
  }
}

function checkReports({ reports, reportsHeard, acts }: HeapModel): void {
  if (reports === reportsHeard) return;
  acts?.lookAtReports();
  const what = "reports of the soft limit";
  throw new BrokenPromiseError(`${reportsHeard} ${what}, by the model ${reports}`);
}

const lentCount = ({ table }: HeapModel): number =>
  table.filter((borrower) => borrower !== 0).length;

function isFree({ table, heap }: HeapModel, start: number, count: number): boolean {
  const run = table.slice(start, start + count);
  return start >= heap.firstArenaIndex && run.length === count && run.every((each) => each === 0);
}

function lend(model: HeapModel, borrower: number, start: number, count: number): void {
  const before = lentCount(model);
  model.table.fill(borrower, start, start + count);
  const lent = before + count;
  model.reserveCount++;
  model.highWater = Math.max(model.highWater, lent);
  model.touchedEnd = Math.max(model.touchedEnd, start + count);
  model.topEnd = Math.max(model.topEnd, start + count);
  if (before <= SOFT_LIMIT_COUNT && lent > SOFT_LIMIT_COUNT) model.reports++;
}

function playOne(model: HeapModel, command: HeapCommand): void {
  const { heap } = model;
  switch (command.do) {
    case "reserve":
      reserve(model, command.borrower, command.count);
      break;
    case "reserve at":
      reserveAt(model, command.borrower, command.index, command.count);
      break;
    case "release":
      release(model, command.borrower, command.index, command.count);
      break;
    case "release lent":
      releaseLent(model, command.nth, command.count);
      break;
    case "limit":
      model.limit = Math.min(command.arenaCount, heap.arenaCount - heap.firstArenaIndex);
      heap.setLimitBytes(command.arenaCount * ARENA_SIZE_BYTES + 17);
      break;
    case "region":
      reserveRegion(model, command.borrower, command.name, command.sizeWords);
  }
}

function reserve(model: HeapModel, borrower: number, count: number): void {
  const call = (): number => model.heap.reserveArenas(borrower, count);
  const isAllowed = lentCount(model) + count <= model.limit;
  const start = model.table.findIndex((_, index) => isFree(model, index, count));
  if (!isAllowed || start < 0) {
    expectRefused(model, "reserveArenas", call, 0);
    return;
  }
  lend(model, borrower, start, count);
  expectAnswer(model, "reserveArenas", call(), start * ARENA_SIZE_WORDS);
}

function reserveAt(model: HeapModel, borrower: number, start: number, count: number): void {
  const arena = (start * ARENA_SIZE_WORDS) as Arena;
  const call = (): boolean => model.heap.reserveArenasAt(borrower, arena, count);
  const isAllowed = lentCount(model) + count <= model.limit;
  if (!isAllowed || !isFree(model, start, count)) {
    expectRefused(model, "reserveArenasAt", call, false);
    return;
  }
  lend(model, borrower, start, count);
  expectAnswer(model, "reserveArenasAt", call(), true);
}

function release(model: HeapModel, borrower: number, start: number, count: number): void {
  const { table, heap } = model;
  const arena = (start * ARENA_SIZE_WORDS) as Arena;
  const call = (): void => heap.releaseArenas(borrower, arena, count);
  const run = table.slice(start, start + count);
  if (run.length < count || run.some((each) => each !== borrower)) {
    expectRefused(model, "releaseArenas", call, "invalid-address");
    return;
  }
  table.fill(0, start, start + count);
  model.released += count;
  const topEnd = 1 + table.findLastIndex((each) => each !== 0);
  const oldEnd = model.topEnd;
  model.topEnd = Math.max(topEnd, heap.firstArenaIndex);
  if (model.isResizable) model.returned += oldEnd - model.topEnd;
  call();
}

function releaseLent(model: HeapModel, nth: number, count: number): void {
  const lent = model.table.flatMap((borrower, index) => (borrower === 0 ? [] : [index]));
  const start = lent[nth % lent.length];
  if (start === undefined) return;
  const borrower = model.table[start] as number;
  let end = start + 1;
  while (end < start + count && model.table[end] === borrower) end++;
  release(model, borrower, start, end - start);
}

function reserveRegion(model: HeapModel, borrower: number, name: string, sizeWords: number): void {
  const { heap, regions } = model;
  const call = () => heap.reserveRegion(borrower, name, sizeWords);
  const granuleWords = Math.ceil(sizeWords / 4) * 4;
  const key = `${borrower} ${name}`;
  const known = regions.get(key);
  if (known !== undefined && known.sizeWords !== granuleWords) {
    expectRefused(model, "reserveRegion", call, "usage");
    return;
  }
  const region = call();
  if (known === undefined) regions.set(key, region);
  if (!model.checks("regions")) return;
  model.acts?.lookAtRegion(region);
  expectPromise(region.existed === (known !== undefined), `region ${key}: wrong about existing`);
  expectPromise(region.sizeWords === granuleWords, `region ${key} has ${region.sizeWords} words`);
  if (known !== undefined) {
    expectPromise(region.start === known.start, `region ${key} is at another place than before`);
    return;
  }
  const words = heap.words.subarray(region.start, region.start + granuleWords);
  model.acts?.lookAtWords(region, 0);
  expectPromise(
    words.every((word) => word === 0),
    `the fresh region ${key} is not zero`,
  );
  words.fill(regions.size);
  model.acts?.fill(region, regions.size);
}

/** What each region was filled with is there. */
function checkRegions({ heap, regions, acts }: HeapModel): void {
  let fill = 0;
  for (const [key, region] of regions) {
    const { start, sizeWords } = region;
    fill++;
    const words = heap.words.subarray(start, start + sizeWords);
    if (words.every((word) => word === fill)) continue;
    acts?.lookAtWords(region, fill);
    throw new BrokenPromiseError(`region ${key} was written by another`);
  }
}

function expectAnswer(model: HeapModel, call: string, actual: unknown, expected: unknown): void {
  if (!model.checks("lending")) return;
  expectPromise(actual === expected, `${call} answers ${actual}, by the model ${expected}`);
}

/** The tables and the regions of these commands, in which a refused call may change nothing. */
function frontOf({ heap }: HeapModel): Int32Array {
  return heap.words.slice(Math.max(0, heap.arenaTable - 1024), heap.arenaTable + 2048);
}

function lookAtFront({ heap, acts }: HeapModel, index: number, before: Int32Array): void {
  acts?.lookAtWord(Math.max(0, heap.arenaTable - 1024) + index, before[index] as number);
}

function expectRefused(model: HeapModel, name: string, call: () => unknown, answer: unknown): void {
  const before = frontOf(model);
  model.acts?.remember();
  let actual: unknown;
  try {
    actual = call();
  } catch (error) {
    if (!isOuroError(error)) throw error;
    actual = error.kind;
  }
  if (!model.checks("refusals")) return;
  expectPromise(actual === answer, `${name} ended as ${actual}, not as ${answer}`);
  const after = frontOf(model);
  const changed = before.findIndex((word, index) => word !== after[index]);
  if (changed >= 0) lookAtFront(model, changed, before);
  expectPromise(changed < 0, `a refused ${name} changed a word of the tables`);
}

function checkTable({ heap, table, acts }: HeapModel): void {
  const found = [...heap.words.slice(heap.arenaTable, heap.arenaTable + heap.arenaCount)];
  if (found.join() !== table.join()) acts?.lookAtTable();
  expectPromise(found.join() === table.join(), `the table is ${found}, by the model ${table}`);
}

function checkWalk({ heap, table }: HeapModel): void {
  const walked = new Array<number>(table.length).fill(0);
  let last = -1;
  heap.walkArenas((arena, name) => {
    expectPromise(arena > last, "the walk is not in address order");
    last = arena;
    walked[arena / ARENA_SIZE_WORDS] = BORROWER_NAMES.indexOf(name as never) + 1;
  });
  expectPromise(walked.join() === table.join(), `the walk gives ${walked}, not ${table}`);
}

function checkBooks(model: HeapModel, reservedBytes: number, belowBytes: number): void {
  const found = model.heap.statistics();
  const expected = statisticsOf(model, reservedBytes, belowBytes);
  for (const key of Object.keys(expected) as (keyof HeapStatistics)[]) {
    const [one, other] = [textOf(found[key]), textOf(expected[key])];
    expectPromise(one === other, `${key} is ${one}, by the model ${other}`);
  }
}

/** As text, whatever the order of the fields. */
function textOf(value: unknown): string {
  return String(
    JSON.stringify(value, (_, part) =>
      typeof part === "object" && part !== null && !Array.isArray(part)
        ? Object.fromEntries(Object.entries(part).sort(([one], [other]) => (one < other ? -1 : 1)))
        : part,
    ),
  );
}

function statisticsOf(model: HeapModel, reservedBytes: number, belowBytes: number): HeapStatistics {
  const { table, heap, topEnd } = model;
  const lent = lentCount(model);
  const committedEnd = model.isResizable ? topEnd : model.touchedEnd;
  const top = topEnd - 1;
  const nameOf = (borrower: number): string => BORROWER_NAMES[borrower - 1] as string;
  return {
    backing: heap.backing,
    reservedBytes,
    limitBytes: model.limit * ARENA_SIZE_BYTES,
    softLimitBytes: SOFT_LIMIT_COUNT * ARENA_SIZE_BYTES,
    lentArenaCount: lent,
    lentBytes: lent * ARENA_SIZE_BYTES,
    highWaterBytes: model.highWater * ARENA_SIZE_BYTES,
    reserveCount: model.reserveCount,
    releasedArenaCount: model.released,
    returnedBytes: model.returned * ARENA_SIZE_BYTES,
    committedBytes: committedEnd * ARENA_SIZE_BYTES - belowBytes,
    topArena:
      top >= heap.firstArenaIndex
        ? { arenaIndex: top, borrower: nameOf(table[top] as number) }
        : undefined,
    borrowers: BORROWER_NAMES.map((name, index) => ({
      name,
      lentArenaCount: table.filter((each) => each === index + 1).length,
    })),
  };
}
