// Object free lists: dead objects of a type kept for its next births, as CPython keeps floats,
// lists and frames. An allocator would find the block anyway; a list finds it without looking.
//
//   region   │ head │ count │ maximum │ 0 │ one entry a list, in the order of the option's names
//               │
//               ▼
//            │ next │ 0: no type │ … │ ─► │ next │ 0 │ … │ ─► 0      dead objects, newest first
//
// The type word of a listed object is 0, as in free memory: neither a walk nor `isObject` takes it
// for an object. Only types of fixed length have lists, so that any listed object fits. CPython:
// Include/internal/pycore_freelist.h; cleared in full collections, here by `collect`.

import {
  type Allocator,
  type Block,
  checkInteger,
  expectSound,
  numberText,
  type StrategyParts,
  TYPE_LIMIT_COUNT,
  TYPE_MASK,
  TYPE_WORD_OFFSET,
  type TypeId,
  UsageError,
} from "@ouro/interfaces";

const HEAD = 0;
const COUNT = 1;
const MAXIMUM = 2;
const ENTRY_SHIFT = 2;
/** A byte says which list a type has, so that there is room for so many. */
const LIST_LIMIT_COUNT = 254;
const NOT_ASKED = 0;
const HAS_NONE = 255;

/** How many dead objects to keep, by the name of their type. */
export type FreeListMaxima = Readonly<Record<string, number>>;

export interface FreeLists {
  /** Takes an object of the type from its list; 0 when there is none. O(1). */
  take(type: TypeId): number;
  /** Lists a dead object, or gives its block back. O(1). */
  give(object: number): void;
  /** Gives every listed block back. O(listed). */
  empty(): void;
  /** What is listed, in objects and bytes. O(listed). */
  listed(): { readonly count: number; readonly bytes: number };
  /** Throws `HeapCorruptionError` naming the first list or object found broken. O(listed). */
  validate(): void;
}

/** Throws `UsageError` for a maximum that is no whole number from 0. */
export function createFreeLists(parts: StrategyParts, maxima: FreeListMaxima): FreeLists {
  const { heap, allocator, types } = parts;
  const words = heap.words;
  const names = Object.keys(maxima);
  checkMaxima(maxima);
  const borrower = heap.registerBorrower(`${allocator.name}-free-lists`);
  const start = heap.reserveRegion(borrower, "free-lists", (names.length + 1) << ENTRY_SHIFT).start;
  const listOfType = new Uint8Array(TYPE_LIMIT_COUNT + 1);
  const entryOf = (list: number): number => start + (list << ENTRY_SHIFT);
  for (const [index, name] of names.entries()) {
    words[entryOf(index + 1) + MAXIMUM] = maxima[name] as number;
  }

  /** The list of a type, 1 or more, or `HAS_NONE`. */
  function listOf(type: number): number {
    const list = listOfType[type] as number;
    return list === NOT_ASKED ? findList(type) : list;
  }

  function findList(type: number): number {
    const { name, variablePart } = types.descriptor(type as TypeId);
    const index = names.indexOf(name);
    if (index >= 0 && variablePart !== "none") refuseVariable(name);
    const list = index < 0 ? HAS_NONE : index + 1;
    listOfType[type] = list;
    return list;
  }

  function take(type: TypeId): number {
    const list = listOf(type);
    if (list === HAS_NONE) return 0;
    const entry = entryOf(list);
    const object = words[entry + HEAD] as number;
    if (object === 0) return 0;
    words[entry + HEAD] = words[object] as number;
    words[entry + COUNT] = (words[entry + COUNT] as number) - 1;
    return object;
  }

  function give(object: number): void {
    const list = listOf((words[object + TYPE_WORD_OFFSET] as number) & TYPE_MASK);
    const entry = entryOf(list);
    if (list === HAS_NONE || words[entry + COUNT] === words[entry + MAXIMUM]) {
      allocator.free(object as Block);
      return;
    }
    words[object] = words[entry + HEAD] as number;
    words[object + TYPE_WORD_OFFSET] = 0;
    words[entry + HEAD] = object;
    words[entry + COUNT] = (words[entry + COUNT] as number) + 1;
  }

  function empty(): void {
    for (let list = 1; list <= names.length; list++) {
      const entry = entryOf(list);
      let object = words[entry + HEAD] as number;
      while (object !== 0) {
        const next = words[object] as number;
        allocator.free(object as Block);
        object = next;
      }
      words[entry + HEAD] = 0;
      words[entry + COUNT] = 0;
    }
  }

  function listed() {
    let count = 0;
    let bytes = 0;
    for (let list = 1; list <= names.length; list++) {
      let object = words[entryOf(list) + HEAD] as number;
      for (; object !== 0; object = words[object] as number) {
        count++;
        bytes += allocator.usableSizeBytes(object as Block);
      }
    }
    return { count, bytes };
  }

  function validate(): void {
    for (const [index, name] of names.entries()) {
      validateList(words, allocator, entryOf(index + 1), name);
    }
  }

  return { take, give, empty, listed, validate };
}

function validateList(words: Int32Array, allocator: Allocator, entry: number, name: string): void {
  const structure = `free list of "${name}"`;
  const count = words[entry + COUNT] as number;
  const isWithin = count >= 0 && count <= (words[entry + MAXIMUM] as number);
  expectSound(isWithin, structure, entry, "its count is outside of 0 to its maximum");
  let object = words[entry + HEAD] as number;
  for (let index = 0; index < count; index++) {
    expectSound(allocator.owns(object), structure, object, "no block is there");
    const type = words[object + TYPE_WORD_OFFSET];
    expectSound(type === 0, structure, object, "a listed object has a type");
    object = words[object] as number;
  }
  expectSound(object === 0, structure, entry, "it is longer than its count");
}

/** Throws `UsageError` for what is no object of counts. */
export function checkMaxima(maxima: FreeListMaxima): void {
  const where = "refcountStrategy";
  if (typeof maxima !== "object" || maxima === null) {
    const problem = "is no object of counts by type name";
    throw new UsageError({
      where,
      argument: `freeListMaxima ${numberText(maxima)}`,
      problem,
      remedy: "Give one",
    });
  }
  checkInteger(
    where,
    "the number of freeListMaxima",
    Object.keys(maxima).length,
    0,
    LIST_LIMIT_COUNT,
  );
  for (const [name, maximum] of Object.entries(maxima)) {
    checkInteger(where, `freeListMaxima of "${name}"`, maximum, 0, 0x7fffffff);
  }
}

function refuseVariable(name: string): never {
  throw new UsageError({
    where: "refcountStrategy",
    argument: `freeListMaxima of "${name}"`,
    problem: "names a type of variable length, whose dead do not fit one another",
    remedy: "Name types of fixed length",
  });
}
