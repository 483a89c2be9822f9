// A cycle detector answers one question: which of these objects only keep each other alive? It is
// mechanism; whom to ask about, and when, is the generations' policy.
//
// **Invariant:** a detector changes no object. Its counts and marks live in side tables, so that
// program code, an observer and `validate()` find the heap as the program left it.
//
// Only references between candidates are subtracted: an object outside the set that refers to one
// inside is a root (CPython: an older generation, an untracked container, a frame).

import type { Reference, WordIndex } from "./word.js";

/**
 * The objects to examine. Membership is two tests: the pool's flag first, the object's header
 * second.
 */
export interface Candidates {
  readonly generation: number;
  /** Whether any object of the pool that begins at `pool` can be a candidate. O(1). */
  hasPool(pool: WordIndex): boolean;
  has(object: Reference): boolean;
  /**
   * Candidates in the order in which finalizers and callbacks must see them: a dense run of
   * references in linear memory. Undefined where address order will do: then pools are walked.
   */
  readonly list: { readonly start: WordIndex; readonly count: number } | undefined;
}

/** What was found. Good until the next safepoint or the next question. */
export interface Garbage {
  readonly count: number;
  has(object: Reference): boolean;
  /** In list order if the candidates had one, else in address order. */
  walk(visit: (object: Reference) => void): void;
}

export interface Detector {
  readonly name: string;
  /** Side memory it needs while it works. Unit: bytes a granule of 16 bytes. */
  readonly sideBytesPerGranule: number;
  /**
   * The candidates that no reference from outside reaches. O(candidates + their references), no
   * recursion. Throws `HeapCorruptionError` when an object has more internal references than its
   * reference count.
   */
  findUnreachable(candidates: Candidates): Garbage;
  /**
   * The same question about the garbage alone, after finalizers ran: objects that one of them made
   * reachable, and all that those reach, are no longer in the answer (PEP 442).
   */
  findStillUnreachable(garbage: Garbage): Garbage;
}
