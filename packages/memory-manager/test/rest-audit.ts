// What must be all-clear when nothing is under way, read off the memory itself, by layouts that are
// written down here once more: no mark, no head of a list, no map of a collection says anything of
// what is not there, every tracked object is in one generation, once, and no header says more than
// the traits ask for.
//
//   side table   cpython-3.13, -3.12, whole heap   │ marks │ weak heads │ lists │
//   (a word or   trial deletion                    │ marks │ candidates │ weak heads │
//   bits each    fast                              │ counts │ queue │ groups │ found │ weak heads │
//   granule)     mark-sweep                        │ marks of the last collection │
//                semispace                         │ where objects begin, as far as asked │

import {
  ARENA_SIZE_WORDS,
  FLAGS_SHIFT,
  NOT_TRACKED,
  PERMANENT_GENERATION,
  type Reference,
  type Region,
  type Strategy,
  TYPE_MASK,
  TYPE_WORD_OFFSET,
} from "@ouro/interfaces";
import type { MemoryManager } from "@ouro/memory-manager";

const GRANULES_PER_ARENA = ARENA_SIZE_WORDS >> 2;

/** A strategy whose side table is known once a manager is made of it. */
export interface WatchedStrategy {
  readonly strategy: Strategy;
  sideTable(): Region;
}

export function watchSideTable(strategy: Strategy): WatchedStrategy {
  let region: Region | undefined;
  return {
    strategy: {
      ...strategy,
      create(parts) {
        region = parts.sideTable;
        return strategy.create(parts);
      },
    },
    sideTable: () => region as Region,
  };
}

interface Span {
  readonly what: string;
  readonly start: number;
  readonly end: number;
  /** Of so many words only these are looked at. */
  readonly isLookedAt?: (word: number) => boolean;
}

interface Layout {
  /** Zero whenever nothing is under way. */
  readonly scratch: readonly Span[];
  /** Zero once nothing lives. */
  readonly empty: readonly Span[];
  /** A word for each granule, from the first arena that can be lent. */
  readonly weakHeads?: Span;
}

function layoutOf(name: string, { start, sizeWords }: Region, arenas: number): Layout {
  const granules = arenas * GRANULES_PER_ARENA;
  const span = (what: string, from: number, sizeOf: number): Span => {
    return { what, start: start + from, end: start + from + sizeOf };
  };
  switch (name) {
    case "cpython-3.13":
    case "cpython-3.12":
    case "refcount-whole-heap":
      return {
        scratch: [span("mark", 0, granules)],
        empty: [],
        weakHeads: span("head of weak references", granules, granules),
      };
    case "refcount-trial-deletion":
      return {
        scratch: [],
        empty: [span("mark", 0, granules)],
        weakHeads: span("head of weak references", 2 * granules, granules),
      };
    case "cpython-3.13-fast": {
      const groups = granules >> 1;
      const maps = span("map of generations", groups, granules >> 3);
      const isCandidates = (word: number): boolean => ((word - maps.start) & 3) === 3;
      const found = span("map of found objects", groups + (granules >> 3), granules >> 5);
      return {
        scratch: [
          span("count", 0, granules >> 2),
          { ...maps, what: "map of candidates", isLookedAt: isCandidates },
          found,
        ],
        empty: [maps],
        weakHeads: span("head of weak references", sizeWords - granules, granules),
      };
    }
    case "mark-sweep":
    case "semispace":
    case "null":
    case "refcount":
      return { scratch: [], empty: [] };
    default:
      throw new Error(`the side table of ${name} is not written down here`);
  }
}

/** Throws at the first thing that is not at rest. To be called when nothing is under way. */
export function auditRest(manager: MemoryManager, name: string, sideTable: Region): void {
  const { words, arenaCount, firstArenaIndex } = manager.heap;
  const layout = layoutOf(name, sideTable, arenaCount - firstArenaIndex);
  for (const span of layout.scratch) expectZero(words, span);
  auditHeaders(manager);
  auditGenerations(manager);
  if (layout.weakHeads !== undefined) auditWeakHeads(manager, layout.weakHeads);
  if (manager.statistics().liveCount > 0) return;
  for (const span of layout.empty) expectZero(words, span);
}

export const NOT_AT_REST = "not at rest";

function fail(text: string): never {
  throw new Error(`${NOT_AT_REST}: ${text}`);
}

function expectZero(words: Int32Array, { what, start, end, isLookedAt }: Span): void {
  for (let word = start; word < end; word++) {
    if (words[word] === 0 || isLookedAt?.(word) === false) continue;
    fail(`a ${what} is ${words[word]}, ${word - start} words behind the first`);
  }
}

function auditHeaders({ collector, types, heap }: MemoryManager): void {
  const { headerBits } = collector.traits;
  const allowed = 2 ** headerBits.reduce((sum, { bitCount }) => sum + bitCount, 0) - 1;
  collector.walk((object) => {
    const header = heap.words[object + TYPE_WORD_OFFSET] as number;
    if ((header & TYPE_MASK) > types.count) fail(`object ${object} is of no type`);
    if (((header >>> FLAGS_SHIFT) & ~allowed) !== 0) fail(`object ${object} has other header bits`);
  });
}

/** Every tracked object is in one list, once, and there is nothing else in them. */
function auditGenerations({ collector }: MemoryManager): void {
  const { generations } = collector;
  if (generations === undefined) return;
  if (generations.isCollecting()) fail("a collection is under way");
  const places = new Map<Reference, number>();
  for (let generation = 0; generation <= PERMANENT_GENERATION; generation++) {
    let count = 0;
    generations.walk(generation, (object) => {
      if (places.has(object)) fail(`object ${object} is in two places`);
      if (!collector.isObject(object)) fail(`generation ${generation} has ${object}, no object`);
      places.set(object, generation);
      count++;
    });
    const said = generations.liveCount(generation);
    if (said !== count) fail(`generation ${generation} has ${count} objects, and says ${said}`);
  }
  collector.walk((object) => {
    const found = generations.generationOf(object);
    const place = places.get(object) ?? NOT_TRACKED;
    if (found !== place) fail(`object ${object} says generation ${found}, and is in ${place}`);
  });
  if (generations.counts().some((count) => count < 0)) fail("a count is below zero");
}

/** Where a head is, an object lives that weak references know. */
function auditWeakHeads({ heap, collector }: MemoryManager, { start, end }: Span): void {
  const { words } = heap;
  const first = (heap.firstArenaIndex * ARENA_SIZE_WORDS) >> 2;
  for (let word = start; word < end; word++) {
    const head = words[word] as number;
    if (head === 0) continue;
    const object = ((word - start + first) << 2) as Reference;
    const [known] = collector.isObject(object)
      ? (collector.finalization?.weakReferencesTo(object) ?? [])
      : [];
    if (known !== head) fail(`there is a head of weak references to ${object}, which has ${known}`);
  }
}
