// The barrier: the four things that can happen to a slot, root and heap alike. A strategy names in
// its traits the hooks it wants; the mutator calls those and makes a bare store of the others.
//
//   born    a new object gets its first reference
//   write   a slot gets a value and loses its old one
//   move    a value goes from one slot to another, which loses its old one
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
  /** `slot` holds none until now; the birth counts as one reference. O(1). */
  born(slot: Slot, object: Reference): void;
  /** Counts the new value before it releases the old one (`a.x = a.x`). */
  write(slot: WordIndex, value: Value, holder: Reference | 0): void;
  /**
   * Empties `from`, stores, then releases the old value of `into`. Counts nothing new.
   * `into` and `from` differ.
   */
  move(into: WordIndex, from: WordIndex, holder: Reference | 0): void;
  /** Releases the values of the slots [start, end). The top of the stack is already at `start`. */
  drop(start: Slot, end: Slot): void;
}

export type BarrierHook = keyof Barrier;
