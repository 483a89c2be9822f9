// The suite for allocators: takes whatever keeps the contract of `Allocator`, the house's or not.

import type { Notes } from "../notes.js";
import type { Report } from "../report.js";
import { asProperties, runSuite, type Suite, type SuiteOptions } from "../suite.js";
import { refusalOf } from "./allocator-model.js";
import { allocatorProperties } from "./allocator-properties.js";
import { type AllocatorMaker, allocatorEntry } from "./allocator-subject.js";
import { sweepProperties } from "./allocator-sweep.js";

export const allocatorSuite: Suite<AllocatorMaker> = {
  name: "allocator",
  properties: [...asProperties(allocatorProperties), ...asProperties(sweepProperties)],
  entry: allocatorEntry,
  subjectName: ({ name }) => name,
  traitsOf: ({ keptArenaCount, reusesFreed = true, forgetsFreed = false, overrunKind }) => ({
    keptArenaCount,
    reusesFreed,
    forgetsFreed,
    overrunKind: overrunKind ?? "none",
  }),
  warnings: warningsOf,
};

/**
 * Holds an allocator to its contract and to what is declared of it; never throws for a property
 * that fails. O(programs · commands · heap).
 */
export function allocatorConformance(maker: AllocatorMaker, options?: SuiteOptions): Report {
  return runSuite(allocatorSuite, maker, options);
}

/** A false declaration fails a property; one that says too little is told here. */
function warningsOf(maker: AllocatorMaker, notes: Notes): string[] {
  const warnings: string[] = [];
  const warn = (isDue: boolean, text: string): void => {
    if (isDue) warnings.push(text);
  };
  const isNeverRefused = notes.count("freed, still refused") === 0;
  warn(
    maker.reusesFreed === false && notes.count("freed, served again") > 0 && isNeverRefused,
    "reusesFreed is declared false, and every freed block's size was served again",
  );
  warn(
    maker.forgetsFreed === true &&
      notes.count("freed, told") > 0 &&
      notes.count("freed, forgotten") === 0,
    "forgetsFreed is declared, and every second free was told as what it is",
  );
  warn(
    maker.keptArenaCount > 0 &&
      notes.count("looks at what is kept") > 0 &&
      notes.count("arenas kept") === 0,
    `keptArenaCount is declared ${maker.keptArenaCount}, and no arena was ever kept`,
  );
  const kind = maker.overrunKind === undefined ? overrunKindOf(maker) : undefined;
  warn(kind !== undefined, `a write before a block is noticed; overrunKind could be "${kind}"`);
  return warnings;
}

/** Sizes with a header before the block, in allocators that have one. */
const PROBES_BYTES = [600, 1000, 3000, 9000];

/** How every freeing of a block is told whose preceding word was written; undefined if not. */
function overrunKindOf(maker: AllocatorMaker): string | undefined {
  const { heap, allocator } = maker.make();
  const kinds = new Set<string>();
  for (const requestBytes of PROBES_BYTES) {
    if (requestBytes > allocator.requestLimitBytes) continue;
    allocator.allocate(requestBytes);
    const block = allocator.allocate(requestBytes);
    const word = heap.words[block - 1] as number;
    heap.words[block - 1] = ~word;
    kinds.add(refusalOf(() => allocator.free(block)));
    heap.words[block - 1] = word;
  }
  const [kind] = kinds;
  return kinds.size === 1 && kind !== "accepted" ? kind : undefined;
}
