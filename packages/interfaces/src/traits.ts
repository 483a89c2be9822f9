// Traits: what a strategy is, as a constant record. The memory manager reads it when composing and
// refuses parts that cannot fit; the conformance suite reads it to choose which properties apply.
// There is no strategy's name in either.

import type { BarrierHook } from "./barrier.js";

/** Bits of the header's flags (16 in all) that a part wants; the memory manager places them. */
export interface HeaderUse {
  readonly name: string;
  readonly bitCount: number;
}

/** `allocate` stands for `allocateArray` too. */
export type SafepointCall = "allocate" | "poll" | "collect";

/** **Invariant:** the record is constant, and what it promises is tested, not hoped. */
export interface Traits {
  /** Whether an object's reference may change at a safepoint. */
  readonly moves: boolean;
  /** The calls in which a collection may run, and so those in which objects may move. */
  readonly collectsAt: readonly SafepointCall[];
  /** Whether word 0 of the header is an exact reference count. */
  readonly counts: boolean;
  /** When garbage in cycles goes. */
  readonly cycles: "never" | "eventually" | "full collection";
  /**
   * Of which cycles that speaks: of those through all slots, or of those through visited slots
   * only, so that a reference from an owned-only slot holds what it refers to. Default: all.
   */
  readonly cyclesThrough?: "all slots" | "visited slots";
  /** When garbage outside cycles goes: in the call that made it, at safepoints, in collections. */
  readonly death: "prompt" | "safepoint" | "collection";
  /**
   * After a full collection exactly the reachable objects are left, finalizers aside, and what
   * cycles hold that `cyclesThrough` leaves out.
   */
  readonly exact: boolean;
  /** Whether `step` exists. */
  readonly slices: boolean;
  /** When program code runs: in the call that dropped the last reference, or queued for `poll`. */
  readonly programCode: "in place" | "at safepoints";
  /**
   * What comes first for an object that dies: CPython runs the finalizer first on death by count,
   * and weak-reference callbacks first in a collection.
   */
  readonly finalizationOrder: "cpython" | "weak references first";
  /**
   * In what order the garbage of one collection is finalized and ends: by age, as in CPython, or in
   * any. Default: by age.
   */
  readonly collectionOrder?: "age" | "any";
  /** Whether a finalizer may make its object reachable again. */
  readonly resurrection: boolean;
  /** The hooks to call; any other event is the bare store. */
  readonly hooks: readonly BarrierHook[];
  readonly headerBits: readonly HeaderUse[];
  /** Side memory, reserved with the heap. Unit: bytes a granule of 16 bytes; 1/8 is a bit. */
  readonly sideBytesPerGranule: number;
}
