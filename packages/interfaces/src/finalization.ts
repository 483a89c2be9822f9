// Finalization: what happens between "nothing reaches it" and "its memory is free", by whichever
// way an object dies. Finalizers run at most once; weak references are emptied; what a finalizer
// made reachable again lives on.
//
//   unreachable ──► condemned ──► finalizer ran ──► still unreachable ──► reclaimed
//                       │                └─► reachable again: resurrected, `finalized` stays set
//                       └─ nothing to run: reclaimed at once
//
// A condemned object waits in a queue whose entries are root slots: it stays whole, with all that
// it reaches, until its finalizer has run. Sources: PEP 442; CPython's Python/gc.c.

import type { Reference, Slot, TypeId } from "./word.js";

declare const weak: unique symbol;

/** Index in the weak table; never an address, so that a moving collector need not find it. */
export type WeakReference = number & { readonly [weak]: "reference" };

/** Program code; `slot` holds the dying object, and storing it elsewhere resurrects it. */
export type Finalizer = (slot: Slot) => void;

/** Program code, run after the weak reference is empty. */
export type WeakCallback = (reference: WeakReference) => void;

/** Where an error goes that program code threw; it never reaches the call that reclaimed. */
export type ProgramErrorReporter = (
  error: unknown,
  source: "finalizer" | "weak callback" | "observer",
) => void;

/**
 * **Invariants:** an object's finalizer runs at most once in its life, resurrected or not; all weak
 * references to a set of garbage are empty before the first callback runs; the callback of a weak
 * reference that is itself garbage never runs; a weak reference, once empty, stays so.
 */
export interface Finalization {
  /** Throws `UsageError` if the type's descriptor has no finalizer. */
  setFinalizer(type: TypeId, finalizer: Finalizer): void;
  /** True: the object is queued and must not be reclaimed now. False: nothing has to run. O(1). */
  condemn(object: Reference): boolean;
  /** Runs what was queued at its start and nothing that comes meanwhile, so that it ends. */
  runQueued(): number;
  readonly queuedCount: number;
  /** A weak reference to what `from` holds. Throws `UsageError` if its type does not allow it. */
  weaken(from: Slot, callback?: WeakCallback): WeakReference;
  /** Puts the object into `into` and answers true, or answers false if it is gone. O(1). */
  strengthen(reference: WeakReference, into: Slot): boolean;
  /** Gives a weak reference up; its callback will not run. */
  forget(reference: WeakReference): void;
  validate(): void;
}
