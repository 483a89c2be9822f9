// The barrier: the five things that can happen to slots, root and heap alike. A strategy names in
// its traits the hooks it wants; the mutator calls those and makes a bare store of the others.
//
//   born    a new object gets its first reference
//   write   a slot gets a value and loses its old one
//   move    a value goes from one slot to another, which loses its old one
//   copy    a run of slots is copied over another
//   drop    a run of root slots loses its values (a frame is left)
//
// The order of steps inside a hook is part of the contract: counting strategies run program code
// and free memory inside these, and each order below has been a bug somewhere.

import type { Reference, Slot, Value, WordIndex } from "./word.js";

/**
 * `holder` is the object whose slot it is, 0 for a root slot. **Invariant:** when a hook returns,
 * or runs program code, no slot names freed memory.
 */
export interface Barrier {
  /**
   * Stores a new object; the birth counts as one reference. The slot's old value is released after
   * the store. O(1).
   */
  born(slot: Slot, object: Reference): void;
  /** Counts the new value before it releases the old one (`a.x = a.x`). */
  write(slot: WordIndex, value: Value, holder: Reference | 0): void;
  /**
   * Empties `from`, stores, then releases the old value of `into`. Counts nothing new.
   * `into` and `from` differ.
   */
  move(into: WordIndex, from: WordIndex, holder: Reference | 0): void;
  /**
   * Copies `count` slots from `from` on to the slots of `holder` from `into` on; the runs may
   * overlap. `source` is the object of the slots read, and outlives the copy even if the old values
   * were all that kept it. O(count).
   */
  copy(into: WordIndex, from: WordIndex, count: number, holder: Reference, source: Reference): void;
  /** Releases the values of the slots [start, end). The top of the stack is already at `start`. */
  drop(start: Slot, end: Slot): void;
}

export type BarrierHook = keyof Barrier;
