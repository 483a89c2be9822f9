// Finalization: finalizers, weak references and callbacks around an object's death, in CPython's
// two orders. Death by count comes whole from here; for a collection the generations call the same
// steps in the other order.
//
//   by count       out of its list ─► finalizer, its count pinned to 1, at the end of generation 0
//                  meanwhile ─► more references: it stays there, resurrected
//                           └─► weak references empty, callbacks taken out of them
//                                 ─► callbacks, newest first ─► given up, oldest first
//   collection     emptyWeakReferences(all) ─► finalize(each) ─► … ─► clear(each)
//
// The pinned count is a root slot that holds the object, so counts agree with slots whenever
// program code looks. Source: CPython 3.13 Objects/typeobject.c `subtype_dealloc`,
// Objects/object.c `PyObject_CallFinalizerFromDealloc`, Objects/weakrefobject.c
// `PyObject_ClearWeakRefs`, Python/gc.c `handle_weakrefs`.

import {
  type Callable,
  type Death,
  EVENT_CALLBACK_RUN,
  EVENT_FINALIZER_RUN,
  EVENT_OBJECT_CLEAR,
  EVENT_OBJECT_RESURRECT,
  EVENT_WEAK_REFERENCE_CLEAR,
  type EventCode,
  type Finalization,
  type Finalizer,
  isObserved,
  LENGTH_WORD_OFFSET,
  numberText,
  type Observer,
  type Reference,
  ROW_FLAGS,
  ROW_SLOTS_END,
  ROW_SLOTS_MASK,
  ROW_SLOTS_START,
  type RootStack,
  type Slot,
  TYPE_COLLECTED,
  TYPE_FINALIZER,
  TYPE_MASK,
  TYPE_RELEASE_BACKWARD,
  TYPE_ROW_SHIFT,
  TYPE_WEAK_REFERENCE,
  TYPE_WEAKLY_REFERABLE,
  TYPE_WORD_OFFSET,
  type TypeId,
  type TypeTable,
  UsageError,
  type WordIndex,
} from "@ouro/interfaces";
import { createProgramCode, slotOf } from "./program-code.js";
import { CALLBACK, createWeakReferenceTable, PENDING, TAKEN } from "./weak-reference-table.js";

/** In `taken` of a weak reference that waits for its call and keeps its callback. */
const WAITING = -1;

export interface FinalizationOptions {
  words: Int32Array;
  types: TypeTable;
  roots: RootStack;
  /** One bit each in word 1 of an object. */
  finalizedMask: number;
  weakMask: number;
  /** The head of object o's weak references is word `weakHeads + (o >> 2)`; zero-filled. */
  weakHeads: WordIndex;
  increment: (object: number) => void;
  /** Takes one reference away and says whether it was the last. */
  decrement: (object: number) => boolean;
  deallocate: (object: number) => void;
  /** The lists of objects that a cycle detector watches. */
  lists: {
    track(object: number, generation: number): void;
    untrack(object: number): void;
  };
  /**
   * Makes an object, tracked in generation 0 and with a count of 1, whose slots take the weak
   * references and callbacks of an object that dies by its count, two for each; 0 if there is none:
   * then they are chained. Default: there is none.
   */
  holdCallbacks?: (callbackCount: number) => number;
  observer?: Observer | undefined;
}

/** Makes the part, with the seam to whoever finds objects dead. */
export function createFinalization(options: FinalizationOptions): {
  finalization: Finalization;
  death: Death;
  /** Whether program code is being called now. */
  isCalling(): boolean;
  /** Calls program code that belongs to none of the above. */
  call(code: () => void, source: "collection callback" | "observer"): void;
} {
  const { words, types, roots, finalizedMask, weakMask, weakHeads: heads } = options;
  const { increment, decrement, deallocate, lists, holdCallbacks, observer } = options;
  const program = createProgramCode({ words, roots, release });
  const weak = createWeakReferenceTable({ words, heads, weakMask });
  const finalizers = new Map<number, Finalizer>();
  const callables = new Map<number, Callable>();
  /** Slots of finalizers that run because of a count, innermost last. */
  const byCount: number[] = [];
  const rows = types.base;
  const get = (word: number): number => words[word] as number;
  const typeOf = (object: number): number => get(object + TYPE_WORD_OFFSET) & TYPE_MASK;
  const rowOf = (object: number): number => rows + (typeOf(object) << TYPE_ROW_SHIFT);
  const flagsOf = (object: number): number => get(rowOf(object) + ROW_FLAGS);

  function release(value: number): boolean {
    if (value <= 0 || !decrement(value)) return false;
    deallocate(value);
    return true;
  }

  function emit(code: EventCode, a: number, b = 0, c = 0): void {
    if (isObserved(observer, code)) program.run(() => observer.event(code, a, b, c), "observer");
  }

  // ── Finalizers ────────────────────────────────────────────────────────────────────────────────

  function mayFinalize(object: number): boolean {
    return (get(object + 1) & finalizedMask) === 0 && finalizers.has(typeOf(object));
  }

  /** Runs the finalizer of what `slot` holds. */
  function callFinalizer(object: number, slot: number): void {
    words[object + 1] = get(object + 1) | finalizedMask;
    emit(EVENT_FINALIZER_RUN, object, typeOf(object));
    const finalizer = finalizers.get(typeOf(object)) as Finalizer;
    program.run(() => finalizer(slotOf(slot)), "finalizer");
  }

  /** True if the object lives on, or its death was seen to by what the finalizer did. */
  function finalizeByCount(object: number): boolean {
    const slot = program.enter(1, "finalizer");
    if (slot === 0) {
      words[object + 1] = get(object + 1) | finalizedMask;
      return false;
    }
    words[object] = 1;
    words[slot] = object;
    const isWatched = (flagsOf(object) & TYPE_COLLECTED) !== 0;
    if (isWatched) lists.track(object, 0);
    byCount.push(slot);
    callFinalizer(object, slot);
    byCount.pop();
    if (get(slot) !== object) {
      program.leave(slot);
      return true;
    }
    words[slot] = 0;
    program.leave(slot);
    if (!decrement(object)) {
      emit(EVENT_OBJECT_RESURRECT, object, typeOf(object), 0);
      return true;
    }
    if (isWatched) lists.untrack(object);
    return false;
  }

  function finalize(object: number): boolean {
    if (!mayFinalize(object)) return false;
    const slot = program.enter(1, "finalizer");
    if (slot === 0) {
      words[object + 1] = get(object + 1) | finalizedMask;
      return false;
    }
    increment(object);
    words[slot] = object;
    callFinalizer(object, slot);
    program.leave(slot);
    return true;
  }

  // ── Weak references ───────────────────────────────────────────────────────────────────────────

  function empty(reference: number): void {
    emit(EVENT_WEAK_REFERENCE_CLEAR, reference, weak.referentOf(reference));
    weak.unlink(reference);
  }

  /** Calls `callback` for `reference`; slots hold both. */
  function callBack(reference: number, callback: number, base: number): void {
    emit(EVENT_CALLBACK_RUN, reference);
    const host = callback < 0 ? weak.hostCallback(callback) : undefined;
    const callable = callback > 0 ? callables.get(typeOf(callback)) : undefined;
    words[base] = reference;
    increment(reference);
    if (callback > 0) {
      words[base + 1] = callback;
      increment(callback);
    }
    if (host !== undefined) program.run(() => host(slotOf(base)), "weak callback");
    if (callable !== undefined) {
      program.run(() => callable(slotOf(base + 1), slotOf(base)), "weak callback");
    }
    for (const slot of [base + 1, base]) {
      const value = get(slot);
      words[slot] = 0;
      release(value);
    }
  }

  /**
   * All are empty, and their callbacks out of them, before the first callback is called; what was
   * taken is given up after the last one. Without room for the call a weak reference keeps its own.
   */
  function emptyByCount(object: number): void {
    const count = callbackCount(object);
    const base = count === 0 ? 0 : program.enter(4, "weak callback");
    const holder = base === 0 ? 0 : (holdCallbacks?.(count) ?? 0);
    if (holder !== 0) callHeld(object, holder, count, base);
    else callChained(object, base);
    if (base !== 0) program.leave(base);
  }

  function callbackCount(object: number): number {
    let count = 0;
    for (let each = weak.first(object); each !== 0; each = weak.next(each)) {
      if (get(each + CALLBACK) !== 0) count++;
    }
    return count;
  }

  /** The holder is a reference of the lists: what it holds is not held from outside. */
  function callHeld(object: number, holder: number, count: number, base: number): void {
    words[base] = holder;
    const start = holder + LENGTH_WORD_OFFSET + 1;
    let end = start;
    for (let each = weak.first(object); each !== 0; each = weak.first(object)) {
      empty(each);
      const callback = get(each + CALLBACK);
      if (callback === 0 || end === start + 2 * count) continue;
      words[each + CALLBACK] = 0;
      words[end] = each;
      increment(each);
      words[end + 1] = callback;
      end += 2;
    }
    for (let slot = start; slot < end; slot += 2) callBack(get(slot), get(slot + 1), base + 2);
    for (let slot = start; slot < end; slot += 2) weak.dropHostCallback(get(slot + 1));
    lists.untrack(holder);
  }

  function callChained(object: number, base: number): void {
    let last = 0;
    for (let each = weak.first(object); each !== 0; each = weak.first(object)) {
      empty(each);
      const callback = get(each + CALLBACK);
      if (callback === 0 || base === 0) continue;
      words[each + TAKEN] = callback;
      words[each + CALLBACK] = 0;
      words[last === 0 ? base : last + PENDING] = each;
      increment(each);
      last = each;
    }
    if (base === 0) return;
    for (let each = get(base); each !== 0; each = get(base)) {
      callBack(each, get(each + TAKEN), base + 2);
      // From the chain of those to call to the chain of those called, which is the other way round.
      words[base] = get(each + PENDING);
      words[each + PENDING] = get(base + 1);
      words[base + 1] = each;
    }
    for (let each = get(base + 1); each !== 0; each = get(base + 1)) {
      words[base + 1] = get(each + PENDING);
      words[each + PENDING] = 0;
      const callback = get(each + TAKEN);
      words[each + TAKEN] = 0;
      giveUp(callback);
      release(each);
    }
  }

  function giveUp(callback: number): void {
    if (callback < 0) weak.dropHostCallback(callback);
    else release(callback);
  }

  function endByCount(object: number): boolean {
    const flags = flagsOf(object);
    if ((flags & TYPE_COLLECTED) !== 0) lists.untrack(object);
    if ((flags & TYPE_FINALIZER) !== 0 && mayFinalize(object) && finalizeByCount(object)) {
      return true;
    }
    if ((get(object + 1) & weakMask) !== 0) {
      words[object] = ~0; // dying: no weak reference brings it back
      emptyByCount(object);
    }
    if ((flags & TYPE_WEAK_REFERENCE) !== 0) endWeakReference(object);
    return false;
  }

  function endWeakReference(reference: number): void {
    weak.unlink(reference);
    const callback = get(reference + CALLBACK);
    if (callback < 0) weak.dropHostCallback(callback);
  }

  function emptyWeakReferences(
    walkFound: (visit: (object: number) => void) => void,
    isFound: (object: number) => boolean,
    onCalled: (weak: number) => void,
  ): number {
    let base = 0;
    let last = 0;
    walkFound((object) => {
      if ((flagsOf(object) & TYPE_WEAK_REFERENCE) !== 0) weak.unlink(object);
      for (let each = weak.first(object); each !== 0; each = weak.first(object)) {
        empty(each);
        if (get(each + CALLBACK) === 0 || isFound(each)) continue;
        if (base === 0) base = program.enter(3, "weak callback");
        if (base === 0) continue;
        words[each + TAKEN] = WAITING;
        words[last === 0 ? base : last + PENDING] = each;
        increment(each);
        last = each;
      }
    });
    if (base === 0) return 0;
    let deadCount = 0;
    for (let each = get(base); each !== 0; each = get(base)) {
      callBack(each, get(each + CALLBACK), base + 1);
      words[base] = get(each + PENDING);
      words.fill(0, each + PENDING, each + TAKEN + 1);
      if (release(each)) deadCount++;
      else onCalled(each);
    }
    program.leave(base);
    return deadCount;
  }

  // ── Emptying ──────────────────────────────────────────────────────────────────────────────────

  function clear(object: number): void {
    const held = program.enter(1, "finalizer");
    increment(object);
    if (held !== 0) words[held] = object;
    emit(EVENT_OBJECT_CLEAR, object, typeOf(object));
    const row = rowOf(object);
    if ((get(row + ROW_FLAGS) & TYPE_WEAK_REFERENCE) !== 0) endWeakReference(object);
    const length = get(object + LENGTH_WORD_OFFSET) & get(row + ROW_SLOTS_MASK);
    const start = object + get(row + ROW_SLOTS_START);
    const end = object + get(row + ROW_SLOTS_END) + length;
    const isBackward = (get(row + ROW_FLAGS) & TYPE_RELEASE_BACKWARD) !== 0;
    for (let index = 0; index < end - start; index++) {
      const slot = isBackward ? end - 1 - index : start + index;
      const value = get(slot);
      words[slot] = 0;
      release(value);
    }
    if (held !== 0) program.leave(held);
    else release(object);
  }

  // ── What programs call ────────────────────────────────────────────────────────────────────────

  function attach(reference: Reference, target: Reference, callback?: (slot: Slot) => void): void {
    const where = "attach";
    if ((flagsOf(reference) & TYPE_WEAK_REFERENCE) === 0) {
      const argument = `an object of type "${nameOf(reference)}"`;
      const remedy = "Define its type as WEAK_REFERENCE_TYPE says";
      throw new UsageError({ where, argument, problem: "is no weak reference", remedy });
    }
    if ((flagsOf(target) & TYPE_WEAKLY_REFERABLE) === 0) {
      const problem = "allows no weak references";
      const remedy = "Define the type with `weaklyReferable`";
      throw new UsageError({ where, argument: `type "${nameOf(target)}"`, problem, remedy });
    }
    if (weak.referentOf(reference) !== 0 || get(reference + TAKEN) !== 0) {
      const isCalled = get(reference + TAKEN) !== 0;
      const problem = isCalled ? "is being called back" : "refers to something already";
      const remedy = "Make a new one";
      throw new UsageError({ where, argument: "the weak reference", problem, remedy });
    }
    if (callback !== undefined) expectFunction(where, callback);
    const old = callback === undefined ? 0 : get(reference + CALLBACK);
    if (callback !== undefined) words[reference + CALLBACK] = weak.addHostCallback(callback);
    if (get(reference + CALLBACK) === 0 && weak.shared(target) !== 0) {
      const problem = "has a weak reference without callback";
      const remedy = "Use `sharedWeakReference`";
      throw new UsageError({ where, argument: `object ${target}`, problem, remedy });
    }
    weak.link(reference, target);
    giveUp(old);
  }

  function reattach(reference: Reference, target: Reference | 0): void {
    const callback = get(reference + CALLBACK);
    if (callback < 0) words[reference + CALLBACK] = weak.missHostCallback(callback);
    if (target !== 0) weak.link(reference, target);
  }

  function nameOf(object: number): string {
    return types.descriptor(typeOf(object) as TypeId).name;
  }

  function setFinalizer(type: TypeId, finalizer: Finalizer): void {
    if (!types.descriptor(type).finalizer) {
      const argument = `type "${types.descriptor(type).name}"`;
      const problem = "has no finalizer in its descriptor";
      const remedy = "Define the type with `finalizer`";
      throw new UsageError({ where: "setFinalizer", argument, problem, remedy });
    }
    expectFunction("setFinalizer", finalizer);
    finalizers.set(type, finalizer);
  }

  /** CPython says so of an object that dies by its count only when its finalizer is over. */
  function isFinalized(object: Reference): boolean {
    if ((get(object + 1) & finalizedMask) === 0) return false;
    return !byCount.some((slot) => get(slot) === object);
  }

  /** A referent on its way to its end has no count any more. */
  function targetOf(reference: Reference): Reference | 0 {
    const target = weak.referentOf(reference);
    return target !== 0 && get(target) > 0 ? (target as Reference) : 0;
  }

  function weakReferencesTo(target: Reference): Reference[] {
    const found: Reference[] = [];
    for (let each = weak.first(target); each !== 0; each = weak.next(each)) {
      found.push(each as Reference);
    }
    return found;
  }

  return {
    finalization: {
      setFinalizer,
      setCallable: (type, call) => {
        expectFunction("setCallable", call);
        callables.set(type, call);
      },
      setErrorReporter(reporter) {
        expectFunction("setErrorReporter", reporter);
        program.setErrorReporter(reporter);
      },
      programErrors: program.errors,
      get programErrorCount() {
        return program.errorCount();
      },
      sharedWeakReference: (target) => weak.shared(target) as Reference | 0,
      attach,
      reattach,
      targetOf,
      weakReferencesTo,
      isFinalized,
      validate: weak.validate,
    },
    death: {
      endByCount,
      emptyWeakReferences,
      endWeakReference,
      attachedCount: weak.linkedCount,
      finalize,
      clear,
    },
    isCalling: () => program.depth() > 0,
    call: program.run,
  };
}

/** What is none would be missed when it is to be called, where nobody hears of it. */
function expectFunction(where: string, given: unknown): void {
  if (typeof given === "function") return;
  throw new UsageError({
    where,
    argument: numberText(given),
    problem: "is no function",
    remedy: "Pass one",
  });
}
