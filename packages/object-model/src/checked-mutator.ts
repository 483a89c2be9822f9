// The checked mutator stands before the fast one and tests every argument before anything happens.
// What it gives out carries an epoch, which each safepoint ends (reference-log.ts draws the
// number); what it is given must be of the current epoch, and its object must still be there, for
// under prompt death an object can die between two safepoints (`x = a.0; a.0 = none; use x`).
//
//   program ──► checked: epoch, object, slot, field, type, value ──► fast mutator ──► collector
//           ◄── reference with epoch                              ◄── word index
//
// Slots carry the key of their frame in the same way (slot-locks.ts draws the number).
//
// It reads what is there (type rows, `isObject`) and keeps only what the heap does not say: epoch,
// references given out, locks of frames. Fast mode has no part of it.
//
// Not seen: what a program writes to the heap's words itself, from `fieldsStart` on; arithmetic
// from one handle's slot to another's; a reference exactly as many safepoints old as there are
// epochs, if one to what is there now was given out; a slot as many frames old as there are keys,
// if its word is locked with that key again.

import {
  ARENA_SIZE_WORDS,
  type Collector,
  checkInteger,
  InvalidAddressError,
  type Mutator,
  type PrivateHeap,
  type Reference,
  type RootStack,
  type Slot,
  StaleReferenceError,
  type TypeId,
  type TypeTable,
  UsageError,
  type Value,
} from "@ouro/interfaces";
import { createFieldChecks } from "./field-checks.js";
import {
  ALLOCATE,
  ALLOCATE_ARRAY,
  type Call,
  COLLECT,
  createReferenceLog,
  GET,
  POLL,
  ROOT,
} from "./reference-log.js";
import { createSlotLocks } from "./slot-locks.js";
import { checkNumber, refuseValue } from "./value-check.js";

const LENGTH_LIMIT = 0x3fffffff;

export interface CheckedMutatorOptions {
  /** The mutator behind it, whose references are word indexes. */
  mutator: Mutator;
  heap: PrivateHeap;
  types: TypeTable;
  roots: RootStack;
  collector: Collector;
  /** Whether each reference remembers the stack of the call that gave it out. Default false. */
  sites?: boolean;
}

export interface CheckedMutator extends Mutator {
  /** Safepoints passed so far. */
  readonly safepointCount: number;
  /**
   * The word index of a reference, without its epoch: to look at the heap's words, or to ask other
   * parts about it. Throws as any call that takes a reference. O(1).
   */
  plain(reference: Reference): Reference;
  /**
   * The inverse: gives out a reference to an object that other parts named by its word index, as a
   * root slot would that held it. Throws `InvalidAddressError` if there is no object. O(1).
   */
  withEpoch(object: Reference): Reference;
  /** The word index of a root slot, without its frame's key. Throws as any call that takes one. */
  plainSlot(slot: Slot): Slot;
  /**
   * As the three before, for parts that stand before the mutator: errors name `where`, the call of
   * theirs that the program made.
   */
  plainFor(where: string, reference: Reference): Reference;
  withEpochFor(where: string, object: Reference): Reference;
  plainSlotFor(where: string, slot: Slot): Slot;
}

/**
 * Makes a mutator that refuses whatever the contract forbids. Every call is O(1) over that of the
 * mutator behind it.
 */
export function createCheckedMutator(options: CheckedMutatorOptions): CheckedMutator {
  const { mutator: fast, heap, types, roots, collector, sites = false } = options;
  const words = heap.words;
  const { isObject, oldestGeneration } = collector;
  /** Whether an object can die between two safepoints; else what was given out is there. */
  const canDie = collector.traits.death === "prompt";
  const checks = createFieldChecks(words, types);
  const heapSizeWords = heap.arenaCount * ARENA_SIZE_WORDS;
  const log = createReferenceLog({ heapSizeWords, types, sites });
  const { give: giveOut, wordOf, hasGiven, passSafepoint: safepoint } = log;
  const { open, enter: enterFrame, leave } = createSlotLocks(words, roots, fast);
  const frameSlotCount = roots.end - roots.framesStart;

  /** Program code that ran inside a safepoint may have taken references before objects moved. */
  function endSafepoint(call: Call, type: TypeId | 0): void {
    if (hasGiven()) safepoint(call, type);
  }

  function tagged(value: Value, call: number): Value {
    return value > 0 ? giveOut(value, call) : value;
  }

  function plain(where: string, reference: number): Reference {
    checkNumber(where, "reference", reference);
    const object = wordOf(reference);
    if (object === 0 || (canDie && !isObject(object))) refuseReference(where, reference);
    return object as Reference;
  }

  function refuseReference(where: string, reference: number): never {
    const taken = log.explain(reference);
    if (taken === undefined) {
      const expected =
        reference <= 0
          ? "a reference: it is none or an immediate"
          : "a reference that the checked mutator gave out";
      throw new InvalidAddressError({ where, address: reference, expected });
    }
    const { followedBy, ...facts } = taken;
    const currentSafepoint = log.safepointCount;
    if (taken.takenAtSafepoint !== currentSafepoint) {
      throw new StaleReferenceError({ where, ...facts, madeStaleBy: followedBy, currentSafepoint });
    }
    throw new StaleReferenceError({
      where,
      ...facts,
      madeStaleBy: "the death of its object, whose last reference was dropped",
      currentSafepoint,
      remedy: "Keep it in a root slot for as long as it is used",
    });
  }

  function plainValue(where: string, value: Value): Value {
    if (typeof value !== "number") refuseValue(where, value);
    if (value > 0) return plain(where, value);
    if (value !== (value | 0)) refuseValue(where, value);
    return value;
  }

  function enter(slotCount: number): Slot {
    checkInteger("enter", "slotCount", slotCount, 0, frameSlotCount);
    return enterFrame(slotCount);
  }

  function allocate(type: TypeId, into: Slot): Reference {
    checks.type("allocate", type, false);
    const slot = open("allocate", into);
    safepoint(ALLOCATE, type);
    const object = fast.allocate(type, slot);
    endSafepoint(ALLOCATE, type);
    return tagged(object, ALLOCATE) as Reference;
  }

  function allocateArray(type: TypeId, length: number, into: Slot): Reference {
    checks.type("allocateArray", type, true);
    checkInteger("allocateArray", "length", length, 0, LENGTH_LIMIT);
    const slot = open("allocateArray", into);
    safepoint(ALLOCATE_ARRAY, type);
    const object = fast.allocateArray(type, length, slot);
    endSafepoint(ALLOCATE_ARRAY, type);
    return tagged(object, ALLOCATE_ARRAY) as Reference;
  }

  function moveRoot(into: Slot, from: Slot): void {
    const target = open("moveRoot", into);
    const source = open("moveRoot", from);
    if (target === source) {
      throw new UsageError({
        where: "moveRoot",
        argument: `slot ${target}`,
        problem: "is moved to itself, which would empty it",
        remedy: "Move between two slots",
      });
    }
    fast.moveRoot(target, source);
  }

  function giveField(reference: Reference, field: number, from: Slot): void {
    const object = plain("give", reference);
    checks.slot("give", object, field);
    fast.give(object, field, open("give", from));
  }

  function fill(reference: Reference, field: number, from: Slot): void {
    const object = plain("fill", reference);
    checks.slot("fill", object, field);
    const slot = open("fill", from);
    if (fast.get(object, field) !== 0) {
      throw new UsageError({
        where: "fill",
        argument: `field ${field} of "${types.descriptor(fast.typeOf(object)).name}"`,
        problem: "holds a value, which would be lost without a word to the collector",
        remedy: "Use give, or empty the field first",
      });
    }
    fast.fill(object, field, slot);
  }

  function copy(
    target: Reference,
    targetField: number,
    source: Reference,
    sourceField: number,
    count: number,
  ): void {
    const into = plain("copy (target)", target);
    const from = plain("copy (source)", source);
    checkInteger("copy", "count", count, 0, LENGTH_LIMIT);
    if (count === 0) {
      checkInteger("copy (target)", "field", targetField, 0);
      checkInteger("copy (source)", "field", sourceField, 0);
      return;
    }
    checks.slots("copy (target)", into, targetField, count);
    checks.slots("copy (source)", from, sourceField, count);
    fast.copy(into, targetField, from, sourceField, count);
  }

  function setWord(reference: Reference, field: number, value: number): void {
    const object = plain("setWord", reference);
    checks.raw("setWord", object, field, 1);
    checkNumber("setWord", "value", value);
    if (value !== (value | 0) && value !== value >>> 0) {
      throw new UsageError({
        where: "setWord",
        argument: `value ${value}`,
        problem: "does not fit in a word of 32 bits",
        remedy: "Split it over several raw words",
      });
    }
    fast.setWord(object, field, value);
  }

  function withEpochFor(where: string, object: Reference): Reference {
    checkNumber(where, "reference", object);
    if (isObject(object)) return tagged(object, log.takerOf(where)) as Reference;
    throw new InvalidAddressError({
      where,
      address: object,
      expected: "the word index of an object",
    });
  }

  return {
    get safepointCount() {
      return log.safepointCount;
    },
    plain: (reference) => plain("plain", reference),
    withEpoch: (object) => withEpochFor("withEpoch", object),
    plainFor: plain,
    withEpochFor,
    plainSlotFor: open,
    enter,
    leave,
    plainSlot: (slot) => open("plainSlot", slot),
    root: (slot) => tagged(fast.root(open("root", slot)), ROOT),
    setRoot(slot, value) {
      fast.setRoot(open("setRoot", slot), plainValue("setRoot", value));
    },
    moveRoot,
    allocate,
    allocateArray,
    typeOf: (reference) => fast.typeOf(plain("typeOf", reference)),
    lengthOf(reference) {
      const object = plain("lengthOf", reference);
      checks.variable("lengthOf", object);
      return fast.lengthOf(object);
    },
    get(reference, field) {
      const object = plain("get", reference);
      checks.slot("get", object, field);
      return tagged(fast.get(object, field), GET);
    },
    set(reference, field, value) {
      const object = plain("set", reference);
      checks.slot("set", object, field);
      fast.set(object, field, plainValue("set (value)", value));
    },
    give: giveField,
    fill,
    take(into, reference, field) {
      const slot = open("take", into);
      const object = plain("take", reference);
      checks.slot("take", object, field);
      fast.take(slot, object, field);
    },
    copy,
    word(reference, field) {
      const object = plain("word", reference);
      checks.raw("word", object, field, 0);
      return fast.word(object, field);
    },
    setWord,
    fieldsStart: (reference) => fast.fieldsStart(plain("fieldsStart", reference)),
    poll() {
      safepoint(POLL, 0);
      fast.poll();
      endSafepoint(POLL, 0);
    },
    collect(generation = oldestGeneration) {
      checkInteger("collect", "generation", generation, 0, oldestGeneration);
      safepoint(COLLECT, 0);
      const collection = fast.collect(generation);
      endSafepoint(COLLECT, 0);
      return collection;
    },
  };
}
