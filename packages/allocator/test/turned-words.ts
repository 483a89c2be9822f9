// What an allocator's validate() says of a heap in which one word holds another value.

import { type ArenaSource, HeapCorruptionError, type PrivateHeap } from "@ouro/interfaces";

/** A heap as a source of arenas, and where the regions lie that were reserved through it. */
export function noteRegions(heap: PrivateHeap): {
  source: ArenaSource;
  startOf(region: string): number;
} {
  const starts = new Map<string, number>();
  const source: ArenaSource = {
    ...heap,
    reserveRegion(borrower, name, sizeWords) {
      const region = heap.reserveRegion(borrower, name, sizeWords);
      starts.set(name, region.start);
      return region;
    },
  };
  return { source, startOf: (region) => starts.get(region) as number };
}

/** The structure, its word and the problem; "sound" without one. */
export function saidOf(
  heap: PrivateHeap,
  validate: () => void,
  changes: Readonly<Record<number, number>>,
): string {
  const before = Object.keys(changes).map((word) => [Number(word), heap.words[Number(word)]]);
  for (const [word, value] of Object.entries(changes)) heap.words[Number(word)] = value;
  try {
    validate();
    return "sound";
  } catch (error) {
    if (!(error instanceof HeapCorruptionError)) throw error;
    const problem = / is broken: (.*)\. Something wrote/.exec(error.message)?.[1];
    return `${error.structure} ${error.word}: ${problem}`;
  } finally {
    for (const [word, value] of before) heap.words[word as number] = value as number;
  }
}
