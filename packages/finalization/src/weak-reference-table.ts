// Weak references: objects of the heap that know their referent by a raw word and are chained in
// its list. The list's head is in a word beside the heap, one for each granule, which is reserved
// and not committed where nobody refers weakly; a header bit of the referent says that there is a
// list, so that all others die without a look at it.
//
//   weak reference  │ header │ callback │ pending │ taken │ referent │ next │ previous │
//                            visited    owned only        raw words
//   head's word     referent ─► the shared one, without callback ─► newest with callback ─► older …
//
// A callback is an object of the program, in the slot, or a host function, whose number is in the
// slot as an immediate: a function is the host's, and cannot lie in the heap. `pending` chains weak
// references whose callbacks are to be called: it is a slot, so that they stay alive and counted.
// `taken` holds a callback that was taken out and is not given up yet, where no holder has it; it
// makes no object larger, as 7 words took 8. While a weak reference waits for its call in a chain,
// `taken` is not empty.
//
// Source: CPython 3.13 Objects/weakrefobject.c, `get_or_create_weakref`, `insert_weakref`.

import {
  type Collector,
  expectSound,
  OBJECT_HEADER_SIZE_WORDS,
  type Reference,
  type TypeDescriptor,
  type WeakCallback,
  type WordIndex,
} from "@ouro/interfaces";

export const CALLBACK = OBJECT_HEADER_SIZE_WORDS;
export const PENDING = CALLBACK + 1;
export const TAKEN = CALLBACK + 2;
const REFERENT = CALLBACK + 3;
const NEXT = CALLBACK + 4;
const PREVIOUS = CALLBACK + 5;

/** How a type of weak references looks; its name may differ. */
export const WEAK_REFERENCE_TYPE: TypeDescriptor = Object.freeze({
  name: "weak reference",
  visitedSlotCount: 1,
  ownedSlotCount: 2,
  rawWordCount: 3,
  variablePart: "none",
  visitOrder: "forward",
  releaseOrder: "forward",
  untracking: "never",
  collected: true,
  acyclic: false,
  finalizer: false,
  weaklyReferable: false,
  clearable: true,
  weakReference: true,
});

export interface WeakReferenceTable {
  /** The first weak reference to an object, or 0. O(1). */
  first(target: number): number;
  next(weak: number): number;
  referentOf(weak: number): number;
  /** The one without callback, or 0: it is always the first. O(1). */
  shared(target: number): number;
  /** Puts a weak reference in its referent's list: the shared one first, others behind it. O(1). */
  link(weak: number, target: number): void;
  /** How often `link` was called. */
  linkedCount(): number;
  /** Empties a weak reference. Does nothing if it is empty. O(1). */
  unlink(weak: number): void;
  addHostCallback(callback: WeakCallback): number;
  /**
   * Takes the number of a host function that is not here, so that nobody else gets it; calling it
   * does nothing. Answers another number if that one is taken.
   */
  missHostCallback(value: number): number;
  hostCallback(value: number): WeakCallback | undefined;
  /** The host function of an immediate is needed no longer. */
  dropHostCallback(value: number): void;
  /** Throws `HeapCorruptionError` naming the first one found broken. O(heap). */
  validate(walk: Collector["walk"], isObject: (word: number) => boolean): void;
}

export interface WeakReferenceTableOptions {
  words: Int32Array;
  /** The head of the list of object o is word `heads + (o >> 2)`; 0 without a list. */
  heads: WordIndex;
  /** The bit of word 1 that says that an object has a list. */
  weakMask: number;
}

export function createWeakReferenceTable(options: WeakReferenceTableOptions): WeakReferenceTable {
  const { words, heads, weakMask } = options;
  const hostCallbacks = new Map<number, WeakCallback>();
  const freeNumbers: number[] = [];
  let nextNumber = 0;
  let linkedCount = 0;
  const get = (word: number): number => words[word] as number;

  function setHead(target: number, weak: number): void {
    words[heads + (target >> 2)] = weak;
    const header = get(target + 1) & ~weakMask;
    words[target + 1] = weak === 0 ? header : header | weakMask;
  }

  const first = (target: number): number =>
    (get(target + 1) & weakMask) === 0 ? 0 : get(heads + (target >> 2));

  function shared(target: number): number {
    const head = first(target);
    return head !== 0 && get(head + CALLBACK) === 0 ? head : 0;
  }

  function link(weak: number, target: number): void {
    linkedCount++;
    const before = get(weak + CALLBACK) === 0 ? 0 : shared(target);
    const after = before === 0 ? first(target) : get(before + NEXT);
    words[weak + REFERENT] = target;
    words[weak + PREVIOUS] = before;
    words[weak + NEXT] = after;
    if (after !== 0) words[after + PREVIOUS] = weak;
    if (before !== 0) words[before + NEXT] = weak;
    else setHead(target, weak);
  }

  function unlink(weak: number): void {
    const target = get(weak + REFERENT);
    if (target === 0) return;
    const before = get(weak + PREVIOUS);
    const after = get(weak + NEXT);
    if (after !== 0) words[after + PREVIOUS] = before;
    if (before !== 0) words[before + NEXT] = after;
    else setHead(target, after);
    words.fill(0, weak + REFERENT, weak + PREVIOUS + 1);
  }

  function addHostCallback(callback: WeakCallback): number {
    let number = freeNumbers.pop() ?? nextNumber++;
    while (hostCallbacks.has(number)) number = freeNumbers.pop() ?? nextNumber++;
    hostCallbacks.set(number, callback);
    return ~number;
  }

  function missHostCallback(value: number): number {
    if (hostCallbacks.has(~value)) return addHostCallback(doNothing);
    hostCallbacks.set(~value, doNothing);
    return value;
  }

  function dropHostCallback(value: number): void {
    if (hostCallbacks.delete(~value)) freeNumbers.push(~value);
  }

  function validate(walk: Collector["walk"], isObject: (word: number) => boolean): void {
    walk((target) => {
      const head = get(heads + (target >> 2));
      const isMarked = (get(target + 1) & weakMask) !== 0;
      const problem = isMarked ? "no head of a list" : `${head} for the head of a list`;
      const unsaid = `it has ${problem}, and its header says otherwise`;
      expectSound(isMarked === (head !== 0), "object", target, unsaid);
      let previous = 0;
      for (let weak = head; weak !== 0; weak = get(weak + NEXT)) {
        expectSound(isObject(weak), "weak reference", weak, "no object is there");
        const isLinked = get(weak + REFERENT) === target && get(weak + PREVIOUS) === previous;
        const unlinked = `it is in the list of ${target} and unlinked`;
        expectSound(isLinked, "weak reference", weak, unlinked);
        previous = weak;
      }
    });
  }

  return {
    first,
    next: (weak) => get(weak + NEXT),
    referentOf: (weak) => get(weak + REFERENT) as Reference,
    shared,
    link,
    linkedCount: () => linkedCount,
    unlink,
    addHostCallback,
    missHostCallback,
    hostCallback: (value) => hostCallbacks.get(~value),
    dropHostCallback,
    validate,
  };
}

function doNothing(): void {}
