// The map detector by itself: objects stand at granules of a lent arena that the test names, with
// counts as the test says, and the maps are filled by hand as generations fill them.
//
//   arenas   │ of the heap │ lent │ of the objects │ not lent │
//                            └ the detector has counts of   ┘ these, or of the objects' alone

import { createPrivateHeap } from "@ouro/heap";
import {
  ARENA_SHIFT,
  type CandidateMap,
  type Reference,
  TRACT_HAS_DICTS,
  TRACT_HAS_FOUND,
  TRACT_HAS_TUPLES,
  TRACT_MAP_WORDS,
  TRACT_OWNER_MASK,
  TRACT_SHIFT,
  type WordIndex,
} from "@ouro/interfaces";
import { createObjectLayout, createTypeTable, describeType } from "@ouro/object-model";
import { createMapDetector } from "../src/index.js";
import { type Work, watchWords } from "./watched-words.js";

export const IMMORTAL = 0x3fffffff;
export const HAS_WEAK = 1 << 20;
const TRACTS_PER_ARENA = 1 << (ARENA_SHIFT - TRACT_SHIFT);
/** What an owner has in its bits of a tract's word. */
const OWNERS = 9;

const KINDS = {
  final: { visitedSlotCount: 2, finalizer: true },
  weak: { visitedSlotCount: 1, ownedSlotCount: 2, rawWordCount: 3, weakReference: true },
  one: { visitedSlotCount: 1 },
  two: { visitedSlotCount: 2 },
  pair: { visitedSlotCount: 2, weaklyReferable: true },
  three: { visitedSlotCount: 3 },
  four: { visitedSlotCount: 4 },
  five: { visitedSlotCount: 5 },
  owner: { visitedSlotCount: 1, ownedSlotCount: 1 },
  none: { visitedSlotCount: 0, collected: true },
  many: { variablePart: "visited" },
  dict: { variablePart: "visited", untracking: "dict" },
  tuple: { variablePart: "visited", untracking: "tuple" },
} as const;

export type MapKind = keyof typeof KINDS;

export interface Found {
  readonly count: number;
  readonly found: readonly number[];
  readonly rescued: readonly number[];
  readonly special: readonly number[];
  readonly untracked: readonly number[];
  /** Of each tract in which candidates are, by its first granule. */
  readonly summaries: readonly string[];
}

export function makeMapRig(isAlone = false, accessLimit = 0) {
  const heap = createPrivateHeap({ reservationBytes: 5 * 2 ** 20, regionBytes: 2 ** 20 });
  const borrower = heap.registerBorrower("test");
  const start = (heap.reserveArenas(borrower, 2) as number) + (1 << ARENA_SHIFT);
  const types = createTypeTable({ heap, borrower, typeLimitCount: 16 });
  const { words, bytes } = heap;
  const layout = createObjectLayout(words, types);
  const typeOf = new Map(
    Object.entries(KINDS).map(([name, options]) => [
      name,
      types.define(describeType({ name, ...options })),
    ]),
  );
  const arenas = isAlone ? 1 : 3;
  const before = isAlone ? start : start - (1 << ARENA_SHIFT);
  const firstArenaIndex = before >> ARENA_SHIFT;
  const region = heap.reserveRegion(borrower, "detector", arenas << (ARENA_SHIFT - 3));
  const mapWords = arenas * TRACTS_PER_ARENA * TRACT_MAP_WORDS;
  const reserve = (name: string, sizeWords: number, behind: number): number =>
    heap.reserveRegion(borrower, name, sizeWords).start - behind;
  const firstWord = before >> 7;
  const candidates = reserve("candidates", mapWords << 2, firstWord << 2);
  const found = reserve("found", mapWords, firstWord);
  const tracts = reserve("tracts", arenas * TRACTS_PER_ARENA, before >> TRACT_SHIFT);
  const list = reserve("list", arenas * TRACTS_PER_ARENA * 2, 0);
  let untracked: number[] = [];
  const watched = watchWords(words, accessLimit);
  const memory = accessLimit > 0 ? { words: watched.words, bytes } : heap;
  const detector = createMapDetector({
    ...{ memory, types, region, immortalCount: IMMORTAL, weakMask: HAS_WEAK },
    source: {
      arenaTable: heap.arenaTable,
      firstArenaIndex,
      arenaCount: firstArenaIndex + arenas,
    },
    untrack(object) {
      untracked.push(granuleOf(object));
      setBit(object, false);
    },
  });
  const objects: number[] = [];
  let inList: number[] = [];

  const objectAt = (granule: number): number => start + (granule << 2);
  const granuleOf = (object: number): number => (object - start) >> 2;
  const bitOf = (object: number): number => 1 << (object >>> 2);

  function setBit(object: number, isOn: boolean): void {
    const place = candidates + ((object >>> 7) << 2);
    const word = words[place] as number;
    words[place] = isOn ? word | bitOf(object) : word & ~bitOf(object);
  }

  /** An object at a granule, with references from elsewhere. Answers the granule behind it. */
  function put(granule: number, kind: MapKind, outsideCount = 0, length = 0): number {
    const object = objectAt(granule);
    objects.push(object);
    words[object] = outsideCount;
    words[object + 1] = typeOf.get(kind) as number;
    if ("variablePart" in KINDS[kind]) words[object + 2] = length;
    return granule + Math.max(1, (layout.sizeWords(object as Reference) + 3) >> 2);
  }

  function fieldOf(granule: number, field: number): number {
    return (layout.slotsStart(objectAt(granule) as Reference) as number) + field;
  }

  function link(from: number, field: number, to: number): void {
    words[fieldOf(from, field)] = objectAt(to);
    hold(to, 1);
  }

  function hold(granule: number, count: number): void {
    words[objectAt(granule)] = (words[objectAt(granule)] as number) + count;
  }

  /** What is examined from here on; of the maps only what is theirs is filled. */
  function setCandidates(granules: readonly number[]): void {
    for (const tract of inList) {
      words.fill(0, candidates + (tract << 7), candidates + ((tract + 1) << 7));
      words.fill(0, found + (tract << 5), found + ((tract + 1) << 5));
    }
    for (const granule of granules) setBit(objectAt(granule), true);
    inList = [...new Set(granules.map((each) => objectAt(each) >>> TRACT_SHIFT))].sort(
      (one, other) => one - other,
    );
    for (const [index, tract] of inList.entries()) {
      words[list + 2 * index] = tract;
      words[list + 2 * index + 1] = -1;
      words[tracts + tract] = ((words[tracts + tract] as number) & ~TRACT_OWNER_MASK) | OWNERS;
    }
  }

  function mapOf(isWhole: boolean, special: WordIndex[] | undefined): CandidateMap {
    const [tractCount, candidateCount] = [inList.length, 0];
    return {
      candidates,
      found,
      tracts,
      list,
      tractCount,
      candidateCount,
      special,
      isWhole,
    } as CandidateMap;
  }

  /** What one examination answers, before it is released. */
  function find(isWhole: boolean, seeksSpecial = true): Found {
    untracked = [];
    const examined = granulesIn(
      (tract, word) => words[candidates + (tract << 7) + (word << 2)] as number,
    );
    const special: WordIndex[] = [];
    const count = detector.find(mapOf(isWhole, seeksSpecial ? special : undefined));
    return {
      count,
      found: granulesIn((tract, word) => words[found + (tract << 5) + word] as number),
      rescued: examined.filter((each) => detector.isRescued(objectAt(each) as WordIndex)),
      special: special.map(granuleOf),
      untracked,
      summaries: inList.map((tract, index) =>
        summaryOf(tract, words[list + 2 * index + 1] as number),
      ),
    };
  }

  function summaryOf(tract: number, summary: number): string {
    const names = [
      [TRACT_HAS_FOUND, "found"],
      [TRACT_HAS_TUPLES, "tuples"],
      [TRACT_HAS_DICTS, "dicts"],
    ] as const;
    const said = names.filter(([bit]) => (summary & bit) !== 0).map(([, name]) => name);
    return [granuleOf(tract << TRACT_SHIFT), ...said].join(" ");
  }

  /** Granules whose bits are set in a map's words of the listed tracts. */
  function granulesIn(wordOf: (tract: number, word: number) => number): number[] {
    const granules: number[] = [];
    for (const tract of inList) {
      for (let word = 0; word < TRACT_MAP_WORDS; word++) {
        const first = granuleOf((tract << TRACT_SHIFT) + (word << 7));
        for (let bit = 0; bit < 32; bit++) {
          if (((wordOf(tract, word) >>> bit) & 1) !== 0) granules.push(first + bit);
        }
      }
    }
    return granules;
  }

  /** Ends an examination; every count is zero then, and tracts have what is their owner's. */
  function release(): void {
    detector.release();
    detector.validate();
    for (const tract of inList) {
      const word = words[tracts + tract] as number;
      if ((word & TRACT_OWNER_MASK) !== OWNERS) throw new Error(`word of a tract: ${word}`);
    }
  }

  /** What is read and written by an examination to its end. */
  function workOf(isWhole: boolean): Work {
    watched.take();
    detector.find(mapOf(isWhole, []));
    detector.release();
    return watched.take();
  }

  /** Whether no count that is too large for a byte is left. */
  function areLargeCountsZero(): boolean {
    const queueEnd = region.start + (arenas << (ARENA_SHIFT - 4)) + (arenas << (ARENA_SHIFT - 6));
    const end = region.start + (arenas << (ARENA_SHIFT - 3));
    return words.subarray(queueEnd, end).every((word) => word === 0);
  }

  /** The byte that counts references to what is at a granule. */
  const countPlace = (granule: number): number =>
    region.start * 4 + ((start - before) >> 2) + granule;
  const image = (): string => objects.map((each) => words.slice(each, each + 8).join()).join("; ");
  return {
    ...{ words, bytes, detector, objectAt, put, link, hold, fieldOf, setCandidates },
    ...{
      ...{ workOf, areLargeCountsZero },
      untrack: (granule: number) => setBit(objectAt(granule), false),
      find,
      release,
      countPlace,
      image,
    },
  };
}

export type MapRig = ReturnType<typeof makeMapRig>;
