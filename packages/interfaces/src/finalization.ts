// Finalization: what happens between "nothing reaches it" and "its memory is free", by whichever
// way an object dies. Finalizers run at most once; weak references are emptied; what a finalizer
// made reachable again lives on.
//
//   by count         finalizer ──► still unreferenced? ──► weak references, callbacks ──► slots
//   in a collection  weak references, callbacks ──► finalizers ──► still unreachable? ──► emptied
//                                                                  └─► resurrected: lives on
//
// A weak reference is an object of the heap: counted, tracked, with a callback that it owns. So it
// can be garbage itself, and then its callback never runs. Sources: PEP 442; CPython's
// Objects/typeobject.c, Objects/weakrefobject.c and Python/gc.c.

import type { Reference, Slot, TypeId, WordIndex } from "./word.js";

/**
 * Program code; `slot` is a root slot that holds the dying object, with the only reference to it.
 * Storing it elsewhere resurrects it.
 */
export type Finalizer = (slot: Slot) => void;

/** Program code; `slot` is a root slot that holds the weak reference, which is empty already. */
export type WeakCallback = (slot: Slot) => void;

/** What calling an object means; `callable` and `argument` are root slots that hold the two. */
export type Callable = (callable: Slot, argument: Slot) => void;

/** Where an error goes that program code threw; it never reaches the call that reclaimed. */
export type ProgramErrorReporter = (
  error: unknown,
  source: "finalizer" | "weak callback" | "observer" | "collection callback",
) => void;

/**
 * **Invariants:** an object's finalizer runs at most once in its life, resurrected or not; all weak
 * references to a set of garbage are empty before the first callback runs; the callback of a weak
 * reference that is itself garbage never runs; a weak reference, once empty, stays so; an object
 * has at most one weak reference without a callback.
 */
export interface Finalization {
  /** Throws `UsageError` if the type's descriptor has no finalizer. */
  setFinalizer(type: TypeId, finalizer: Finalizer): void;
  /** What a weak reference does whose callback is an object of this type. */
  setCallable(type: TypeId, call: Callable): void;
  /** By default errors are kept, the first 16 of them, and counted. */
  setErrorReporter(reporter: ProgramErrorReporter): void;
  readonly programErrors: readonly unknown[];
  readonly programErrorCount: number;
  /** The weak reference to `target` that has no callback, or 0: those are shared. O(1). */
  sharedWeakReference(target: Reference): Reference | 0;
  /**
   * Makes `weak`, fresh and empty, refer to `target`; with a callback, or with the callable object
   * that its field 0 holds already. Throws `UsageError` for an object of another type, a target
   * whose type does not allow it, a second one without callback. O(1).
   */
  attach(weak: Reference, target: Reference, callback?: WeakCallback): void;
  /**
   * Makes `weak`, which a heap image brought, refer to `target` as when it was saved; 0 if it was
   * empty. A host function is not in an image: the callback that it was does nothing. O(1).
   */
  reattach(weak: Reference, target: Reference | 0): void;
  /** What `weak` refers to; 0 if that is gone, or going. Borrowed. O(1). */
  targetOf(weak: Reference): Reference | 0;
  /** The weak references to `target`, the shared one first, then the newest. O(those). */
  weakReferencesTo(target: Reference): Reference[];
  /**
   * Whether the finalizer has run. While it runs: true in a collection, false on death by count, as
   * in CPython. O(finalizers under way).
   */
  isFinalized(object: Reference): boolean;
  /** Throws `HeapCorruptionError` naming the first weak reference found broken. O(heap). */
  validate(
    walk: (visit: (object: Reference) => void) => void,
    isObject: (word: number) => boolean,
  ): void;
}

/** The seam to those who decide that an object dies. */
export interface Death {
  /**
   * The object's count reached zero. True if it must not be deallocated: it is resurrected, or gone
   * already. O(its weak references), and what program code does.
   */
  endByCount(object: WordIndex): boolean;
  /**
   * Empties the weak references to and among the objects that `walkFound` visits, then calls the
   * callbacks of those that are not found themselves. `onCalled` is told of each of them that lives
   * on. Answers how many died right then.
   */
  emptyWeakReferences(
    walkFound: (visit: (object: WordIndex) => void) => void,
    isFound: (object: WordIndex) => boolean,
    onCalled: (weak: WordIndex) => void,
  ): number;
  /** The weak reference is about to be reclaimed: it refers to nothing any more. O(1). */
  endWeakReference(weak: WordIndex): void;
  /** How many weak references were attached so far: whether any was meanwhile. O(1). */
  attachedCount(): number;
  /** Runs the finalizer of an object, if there is one and it has not run. True if it ran. */
  finalize(object: WordIndex): boolean;
  /** Empties an object that may be in a cycle, keeping it alive meanwhile (CPython: `tp_clear`). */
  clear(object: WordIndex): void;
}
