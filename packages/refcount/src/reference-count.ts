// The reference count: word 0 of every object, the number of slots, heap and root alike, that hold
// the object. Its sign and its size say three things at once, so that one load answers all:
//
//   word 0   below 0           1 … 2^30 − 1         2^30
//            deallocating:     the exact count      immortal: no longer counted
//            ~ link            of references        (CPython: PEP 683)
//
// A count that reaches 2^30 stays there: the object is then never deallocated, which leaks it and
// harms nothing. The functions here are for people who look at counts and for tests; programs never
// change a count themselves.

import {
  type Collector,
  InvalidAddressError,
  type LinearMemory,
  numberText,
  type Reference,
  UsageError,
} from "@ouro/interfaces";

/** The count of an immortal object. */
export const IMMORTAL_COUNT = 2 ** 30;

/** What of a memory manager the functions on counts need; a whole one fits. */
export interface CountedHeap {
  readonly heap: LinearMemory;
  readonly collector: Collector;
  /** Takes the epoch of checked mode off a reference. Default: it has none. */
  plain?(reference: Reference): Reference;
}

/**
 * How many slots hold `object`, or `IMMORTAL_COUNT`; a borrowed reference counts nothing (CPython:
 * `sys.getrefcount`, without the reference of its argument). Throws `UsageError` under a strategy
 * that does not count, `InvalidAddressError` for a number that is no object, and in checked mode
 * `StaleReferenceError`. O(1).
 */
export function referenceCount(manager: CountedHeap, object: Reference): number {
  const word = countWord("referenceCount", manager, object);
  return Math.max(manager.heap.words[word] as number, 0);
}

/**
 * Keeps `object` until the heap goes, and its references with it; it is no longer counted, and no
 * leak. For what is shared by everything, as none, small integers and empty tuples are in CPython.
 * There is no way back. Throws as `referenceCount`, and `UsageError` for an object that is being
 * deallocated. O(1).
 */
export function makeImmortal(manager: CountedHeap, object: Reference): void {
  const word = countWord("makeImmortal", manager, object);
  if ((manager.heap.words[word] as number) < 0) {
    throw new UsageError({
      where: "makeImmortal",
      argument: `object ${object}`,
      problem: "is being deallocated",
      remedy: "Make an object immortal while something refers to it",
    });
  }
  manager.heap.words[word] = IMMORTAL_COUNT;
}

/** Whether `object` is kept for good. Throws as `referenceCount`. O(1). */
export function isImmortal(manager: CountedHeap, object: Reference): boolean {
  return referenceCount(manager, object) === IMMORTAL_COUNT;
}

/** Throws `UsageError` for what has no heap and no collector. */
export function checkManager(where: string, manager: Partial<CountedHeap> | undefined): void {
  if (typeof manager?.heap === "object" && typeof manager.collector === "object") return;
  throw new UsageError({
    where,
    argument: numberText(manager),
    problem: "is no memory manager",
    remedy: "Pass one, as composeMemoryManager makes it",
  });
}

/** Where the count of an object is. */
function countWord(where: string, manager: CountedHeap, reference: Reference): number {
  checkManager(where, manager);
  const { collector } = manager;
  if (!collector.traits.counts) {
    throw new UsageError({
      where,
      argument: `strategy "${collector.name}"`,
      problem: "does not count references",
      remedy: "Use a strategy whose traits say `counts`",
    });
  }
  if (typeof reference === "number") {
    if (collector.isObject(reference)) return reference; // as events name objects, in any mode
    const object = manager.plain?.(reference);
    if (object !== undefined && collector.isObject(object)) return object;
  }
  throw new InvalidAddressError({ where, address: reference, expected: "a live object" });
}
