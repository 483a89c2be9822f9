// A cycle detector answers one question: which of these objects only keep each other alive? It is
// mechanism; whom to ask about, and when, is the generations' policy.
//
// **Invariant:** a detector changes no object. Its counts and marks live in a side table, so that
// program code, an observer and `validate()` find the heap as the program left it. It reorders the
// list it was given: that order is the order of death, and CPython's is observable.
//
// Only references between objects of the list are subtracted: an object outside that refers to one
// inside is a root (CPython: an older generation, an untracked container, a frame).

import type { Reference, WordIndex } from "./word.js";

/** A list's references lie in pieces of so many. */
export const LIST_PIECE_SHIFT = 10;

/**
 * A list of references in linear memory: entry p is
 * `words[words[directory + (p >> LIST_PIECE_SHIFT)] + (p & (2 ** LIST_PIECE_SHIFT − 1))]`.
 */
export interface ReferenceList {
  readonly directory: WordIndex;
  readonly start: number;
  readonly end: number;
}

/** Reached objects from the list's start, found ones from there up to `end`, nothing behind. */
export interface Examined {
  readonly reachedCount: number;
  readonly end: number;
  /** Flags of the types of all that was examined, or'ed. Left out: there may be any. */
  readonly typeFlags?: number;
  /** Words 1 of all that was examined, or'ed. Left out: there may be any bit. */
  readonly headers?: number;
}

/**
 * **Invariants:** at rest the side table is zero; between `find` and `release` it is below 0 for
 * exactly the objects found and not yet forgotten. What a refused call found is forgotten. One that
 * tells an observer lets its errors through, and refuses with `UsageError` to be asked in between.
 */
export interface Detector {
  readonly name: string;
  /**
   * Which objects of the list no reference from outside reaches. Puts the reached ones first and
   * the found ones behind them, each in the order that the name promises; entries that are 0, and
   * immortal objects, are dropped. Throws `HeapCorruptionError` naming an object that has more
   * references inside than its count; the list keeps its objects. O(list + its references), no
   * recursion, no memory.
   */
  find(list: ReferenceList): Examined;
  /**
   * The same question about what `find` found, after program code ran: objects that were forgotten
   * are dropped, those made reachable and all that they reach are so (PEP 442).
   */
  findAgain(list: ReferenceList): Examined;
  /** Whether the object is among those found unreachable. O(1). */
  isFound(object: Reference | WordIndex): boolean;
  /** The object is dead or reachable again. O(1). */
  forget(object: Reference | WordIndex): void;
}
