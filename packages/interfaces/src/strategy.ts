// A strategy is how a memory manager reclaims: a name, a constant record of traits, and a factory
// that makes the collector out of the parts it is handed. Who writes a strategy writes this; who
// composes reads the traits first and makes the parts that they ask for.
//
//   strategy ── traits ──► memory manager: heap, type table, roots, header bits, side table
//          └─── create(parts) ──► collector

import type { Allocator } from "./allocator.js";
import type { Collector } from "./collector.js";
import type { Observer } from "./event.js";
import type { Borrower, PrivateHeap, Region } from "./memory.js";
import type { RootStack } from "./root.js";
import type { Traits } from "./traits.js";
import type { TypeTable } from "./type-descriptor.js";
import type { WordIndex } from "./word.js";

/** What a collector is made of. */
export interface StrategyParts {
  readonly heap: PrivateHeap;
  /**
   * The manager's number at the heap: the collector reserves its regions with it, and borrows
   * arenas if it places objects without the allocator. No other part borrows arenas with it.
   */
  readonly borrower: Borrower;
  /** Serves objects only, so that its blocks are the objects. */
  readonly allocator: Allocator;
  readonly types: TypeTable;
  readonly roots: RootStack;
  /**
   * The mask, within word 1 of the header, of the bits that the traits ask for by this name. Throws
   * `UsageError` for a name that they do not.
   */
  headerMask(name: string): number;
  /**
   * `traits.sideBytesPerGranule` for every granule that can be lent, zero-filled; the byte of the
   * first granule of the first arena that can be lent comes first. Empty if the traits ask for
   * none.
   */
  readonly sideTable: Region;
  /**
   * The heap word that counts down the granules that may be handed out before a collection is due;
   * the allocator refuses, with 0, to go below 0. At first `NO_BUDGET`.
   */
  readonly budgetWord: WordIndex;
  /** Whether the mutator is checked: then what was memory of the dead is made unusable. */
  readonly isChecked: boolean;
  readonly observer: Observer | undefined;
}

export interface Strategy {
  /** Also the collector's name. */
  readonly name: string;
  readonly traits: Traits;
  /** Throws `OutOfMemoryError` when the heap has no room for the collector's own state. */
  create(parts: StrategyParts): Collector;
}
