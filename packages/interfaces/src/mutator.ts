// The mutator is the running program; this is all it sees, whatever the strategy. Objects are born
// in root slots and reached through root slots. A reference in a JavaScript variable is *borrowed*:
// good until the next safepoint, as long as its object stays reachable.
//
//   safepoints       allocate, allocateArray, poll, collect: objects move, collections run, queued
//                    program code runs
//   everything else  may reclaim, at once, what it made unreachable itself; where the trait
//                    `programCode` is "in place", program code may run too
//
// **Invariant:** a freed block is not used again before the next safepoint.
// **Invariant:** program code runs only while the heap is consistent.

import type { Collection } from "./collector.js";
import type { Frames } from "./root.js";
import type { Reference, Slot, TypeId, Value, WordIndex } from "./word.js";

/**
 * Field f is word 2 + f of the object: first the visited slots, then the owned-only ones, then raw
 * words. In an object of variable length field 0 is the length, which never changes, and the rest
 * begins at field 1. Checked mode throws `StaleReferenceError` for a stale reference,
 * `InvalidAddressError` for a slot above the top or of no handle, a field outside the object and a
 * frame left out of order, `UsageError` where a line below demands something; a refused call
 * changes nothing. Fast mode tests none of it. All are O(1) but for what is reclaimed on the way.
 */
export interface Mutator extends Frames {
  root(slot: Slot): Value;
  setRoot(slot: Slot, value: Value): void;
  /** Moves what `from` holds; no count changes but the old value's. `into` is not `from`. */
  moveRoot(into: Slot, from: Slot): void;

  /**
   * A new object in `into`, its slots none and its raw words zero; the slot's old value is dropped
   * after the birth. The result is borrowed. Throws `OutOfMemoryError` after a collection did not
   * help; then nothing has changed but what that collection reclaimed. Safepoint.
   */
  allocate(type: TypeId, into: Slot): Reference;
  /**
   * As `allocate`, for a type of variable length; `length` is from 0 and counts what the type's
   * variable part does, words or bytes. Safepoint. O(length).
   */
  allocateArray(type: TypeId, length: number, into: Slot): Reference;

  typeOf(object: Reference): TypeId;
  /** The length given at birth; it never changes. Only for types of variable length. */
  lengthOf(object: Reference): number;

  get(object: Reference, field: number): Value;
  set(object: Reference, field: number, value: Value): void;
  /** Moves root → field. */
  give(object: Reference, field: number, from: Slot): void;
  /** `give` into a field that holds none (checked mode proves it): building costs no increments. */
  fill(object: Reference, field: number, from: Slot): void;
  /** Moves field → root. */
  take(into: Slot, object: Reference, field: number): void;
  /**
   * The bulk barrier: copies `count` slots as one; the ranges may overlap, in one object. O(count).
   */
  copy(
    target: Reference,
    targetField: number,
    source: Reference,
    sourceField: number,
    count: number,
  ): void;

  /**
   * Raw words, and the length of a variable-length object to read, only: a raw word written over a
   * reference is found late and far away.
   */
  word(object: Reference, field: number): number;
  setWord(object: Reference, field: number, value: number): void;
  /** Where the fields begin in linear memory, for bulk access to raw words. Borrowed. */
  fieldsStart(object: Reference): WordIndex;

  /** Runs what was queued when it began, and a collection if one is due. Safepoint. */
  poll(): void;
  /**
   * Collects up to `generation`, by default everything. Called from program code that a collection
   * runs, it does nothing and reports nothing examined. Throws `UsageError` for a generation that
   * there is not. Safepoint.
   */
  collect(generation?: number): Collection;
}
