// Regions: words that a borrower keeps for the heap's whole life (its lists, its side tables). They
// are taken upwards from the end of the arena table and never given back.
//
//   record  │ name, 8 words │ borrower │ start │ size in words │ unused │

import { ARENA_SIZE_WORDS, OutOfMemoryError, type Region, UsageError } from "@ouro/interfaces";
import type { HeapContext } from "./heap-context.js";
import * as layout from "./heap-layout.js";
import { checkName, readName, writeName } from "./name-record.js";

export interface RegionDirectory {
  reserve(borrower: number, name: string, sizeWords: number): Region;
}

export function createRegionDirectory(context: HeapContext): RegionDirectory {
  const { words, base, heapLayout, backing } = context;
  const recordOf = (index: number): number =>
    base + layout.REGIONS + index * layout.RECORD_SIZE_WORDS;

  function find(borrower: number, name: string): number {
    const count = words[base + layout.REGION_COUNT]!;
    for (let index = 0; index < count; index++) {
      const record = recordOf(index);
      if (words[record + layout.REGION_BORROWER] !== borrower) continue;
      if (readName(words, record) === name) return index;
    }
    return count;
  }

  function reserve(borrower: number, name: string, sizeWords: number): Region {
    checkName(name, "reserveRegion");
    checkSize(name, sizeWords);
    const size = Math.ceil(sizeWords / 4) * 4;
    const index = find(borrower, name);
    if (index < words[base + layout.REGION_COUNT]!) return open(index, name, size);
    const start = words[base + layout.REGION_TOP]!;
    checkCount(index, name);
    checkRoom(name, start, size);
    const record = recordOf(index);
    writeName(words, record, name);
    words[record + layout.REGION_BORROWER] = borrower;
    words[record + layout.REGION_START] = start;
    words[record + layout.REGION_SIZE] = size;
    words[base + layout.REGION_TOP] = start + size;
    words[base + layout.REGION_COUNT] = index + 1;
    if (!backing.isZeroed) words.fill(0, start, start + size);
    return { start, sizeWords: size, existed: false };
  }

  function open(index: number, name: string, size: number): Region {
    const start = words[recordOf(index) + layout.REGION_START]!;
    const sizeWords = words[recordOf(index) + layout.REGION_SIZE]!;
    if (sizeWords === size) return { start, sizeWords, existed: true };
    throw new UsageError({
      where: "reserveRegion",
      argument: `region "${name}" of ${size} words`,
      problem: `exists already with ${sizeWords} words`,
      remedy: "Open it with the size it was made with",
    });
  }

  function checkRoom(name: string, start: number, size: number): void {
    const end = heapLayout.firstArenaIndex * ARENA_SIZE_WORDS;
    if (start + size <= end) return;
    throw new OutOfMemoryError({
      where: `reserveRegion "${name}" (regionBytes of createPrivateHeap sets the room)`,
      requestBytes: size * 4,
      lentBytes: (start - heapLayout.firstRegion) * 4,
      limitBytes: (end - heapLayout.firstRegion) * 4,
    });
  }

  return { reserve };
}

function checkSize(name: string, sizeWords: number): void {
  if (Number.isInteger(sizeWords) && sizeWords >= 1) return;
  throw new UsageError({
    where: "reserveRegion",
    argument: `the size ${sizeWords} of region "${name}"`,
    problem: "is not a whole number of words",
    remedy: "Give an integer, 1 or more",
  });
}

function checkCount(index: number, name: string): void {
  if (index < layout.REGION_LIMIT) return;
  throw new UsageError({
    where: "reserveRegion",
    argument: `region "${name}"`,
    problem: `is one more than the ${layout.REGION_LIMIT} that a heap has room for`,
    remedy: "Keep several things in one region, or make a second heap",
  });
}
