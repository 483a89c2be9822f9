// A list keeps its identity while it grows: a small object that names its storage, an array of
// slots with room to spare. CPython's list, and its growth: an eighth more than needed, at least a
// few, a multiple of four; shrunk when less than half is used (Objects/listobject.c, list_resize).
//
//   list      │ header │ storage ─┐ │ count │
//   storage   │ header │ capacity │ value … count values │ none … │ ◄┘
//
// Whatever leaves a list is first moved to a root slot, then the list is closed up, then it is let
// go: code that runs when an object dies sees a list that is whole. Storage is allocated before
// anything changes, and the list is read again after it: program code may have changed it.

import {
  checkIndex,
  checkInteger,
  ELEMENTS_FIELD,
  expectSound,
  isOuroError,
  type Mutator,
  type Reference,
  type Slot,
  type TypeId,
  type TypeTable,
  UsageError,
  type Value,
} from "@ouro/interfaces";
import { withKindChecks } from "./kind-checks.js";
import { checkParts } from "./parts-check.js";
import { findOrDefineType } from "./type-table.js";

const STORAGE_FIELD = 0;
const COUNT_FIELD = 1;
const FIRST = ELEMENTS_FIELD;

/**
 * A list is named by a slot in calls that may allocate, by a reference in all others. An index that
 * is none throws `UsageError`, as in checked mode what is not a list; a refused call, also for want
 * of memory, changes nothing.
 */
export interface Lists {
  readonly type: TypeId;
  readonly storageType: TypeId;
  /** An empty list. Safepoint. O(1). */
  allocate(into: Slot): Reference;
  lengthOf(list: Reference): number;
  get(list: Reference, index: number): Value;
  set(list: Reference, index: number, value: Value): void;
  /** Moves root → element. */
  give(list: Reference, index: number, from: Slot): void;
  /** Moves what `from` holds behind the last element. Safepoint. O(1) amortized. */
  append(list: Slot, from: Slot): void;
  /** Moves what `from` holds before element `index`, or behind the last. Safepoint. O(length). */
  insert(list: Slot, index: number, from: Slot): void;
  /** Moves element `index` to `into`; those behind it move up. Safepoint. O(length - index). */
  removeAt(list: Slot, index: number, into: Slot): void;
  /** Moves the last element to `into`. Safepoint. O(1) amortized. */
  pop(list: Slot, into: Slot): void;
  /** Appends the elements that `source`, perhaps the list itself, has now. Safepoint. O(n). */
  extend(list: Slot, source: Slot): void;
  /** O(length) if elements die. */
  clear(list: Reference): void;
  /** Throws `HeapCorruptionError` naming what is broken. O(capacity). */
  validate(list: Reference): void;
}

/**
 * Lists of one memory manager; defines the types `list` and `list-storage` unless they are
 * there.
 */
export function createLists(parts: { mutator: Mutator; types: TypeTable }): Lists {
  checkParts("createLists", parts, "mutator types");
  const { mutator, types } = parts;
  const { root, get, set, give, take, copy, word, setWord, enter, leave } = mutator;
  const storageType = findOrDefineType(types, { name: "list-storage", variablePart: "visited" });
  const type = findOrDefineType(types, { name: "list", visitedSlotCount: 1, rawWordCount: 1 });

  const at = (list: Slot): Reference => root(list) as Reference;
  const lengthOf = (list: Reference): number => word(list, COUNT_FIELD);
  const storageOf = (list: Reference): Reference => get(list, STORAGE_FIELD) as Reference;

  function capacityOf(list: Reference): number {
    const storage = storageOf(list);
    return storage === 0 ? 0 : mutator.lengthOf(storage);
  }

  /** Moves the elements to storage of `capacity`, unless program code has made that too small. */
  function resize(list: Slot, capacity: number): void {
    const frame = enter(1);
    try {
      const storage = mutator.allocateArray(storageType, capacity, frame);
      const object = at(list);
      const length = lengthOf(object);
      if (length > capacity) return;
      if (length > 0) copy(storage, FIRST, storageOf(object), FIRST, length);
      give(object, STORAGE_FIELD, frame);
    } finally {
      leave(frame);
    }
  }

  /** Afterwards there is room for `count` more elements than there are. */
  function makeRoom(list: Slot, count: number): void {
    for (;;) {
      const object = at(list);
      const length = lengthOf(object);
      if (length + count <= capacityOf(object)) return;
      resize(list, capacityFor(length + count, length));
    }
  }

  /** Gives room back when less than half is used. Without memory for it the room stays. */
  function giveRoomBack(list: Slot): void {
    const object = at(list);
    const length = lengthOf(object);
    if (length >= capacityOf(object) >> 1) return;
    if (length === 0) {
      set(object, STORAGE_FIELD, 0);
      return;
    }
    try {
      resize(list, capacityFor(length, length));
    } catch (error) {
      if (!isOuroError(error, "out-of-memory")) throw error;
    }
  }

  function allocate(into: Slot): Reference {
    return mutator.allocate(type, into);
  }

  function append(list: Slot, from: Slot): void {
    makeRoom(list, 1);
    const object = at(list);
    const length = lengthOf(object);
    give(storageOf(object), FIRST + length, from);
    setWord(object, COUNT_FIELD, length + 1);
  }

  function insert(list: Slot, index: number, from: Slot): void {
    checkInteger("lists.insert", "index", index, 0, lengthOf(at(list)));
    makeRoom(list, 1);
    const object = at(list);
    const length = lengthOf(object);
    const field = FIRST + Math.min(index, length);
    const storage = storageOf(object);
    copy(storage, field + 1, storage, field, FIRST + length - field);
    setWord(object, COUNT_FIELD, length + 1);
    give(storage, field, from);
  }

  function removeAt(list: Slot, index: number, into: Slot): void {
    const object = at(list);
    const last = lengthOf(object) - 1;
    checkIndex("lists.removeAt", index, last + 1);
    const frame = enter(1);
    try {
      const storage = storageOf(object);
      take(frame, storage, FIRST + index);
      copy(storage, FIRST + index, storage, FIRST + index + 1, last - index);
      set(storage, FIRST + last, 0);
      setWord(object, COUNT_FIELD, last);
      giveRoomBack(list);
      mutator.moveRoot(into, frame);
    } finally {
      leave(frame);
    }
  }

  function extend(list: Slot, source: Slot): void {
    const count = lengthOf(at(source));
    makeRoom(list, count);
    const object = at(list);
    const from = at(source);
    const length = lengthOf(object);
    // Program code may have shortened the source.
    const copied = Math.min(count, lengthOf(from));
    if (copied === 0) return;
    copy(storageOf(object), FIRST + length, storageOf(from), FIRST, copied);
    setWord(object, COUNT_FIELD, length + copied);
  }

  function clear(list: Reference): void {
    const frame = enter(1);
    take(frame, list, STORAGE_FIELD);
    setWord(list, COUNT_FIELD, 0);
    leave(frame);
  }

  function fieldOf(where: string, list: Reference, index: number): number {
    checkIndex(where, index, lengthOf(list));
    return FIRST + index;
  }

  function validate(list: Reference): void {
    const place = mutator.fieldsStart(list);
    expectSound(mutator.typeOf(list) === type, "list", place, "its type is not a list's");
    const storage = get(list, STORAGE_FIELD);
    const isStored =
      storage === 0 || (storage > 0 && mutator.typeOf(storage as never) === storageType);
    expectSound(isStored, "list", place, "its storage is no list's storage");
    const length = lengthOf(list);
    const capacity = capacityOf(list);
    expectSound(length >= 0 && length <= capacity, "list", place, "it has more elements than room");
    for (let index = length; index < capacity; index++) {
      const isEmpty = get(storage as Reference, FIRST + index) === 0;
      expectSound(isEmpty, "list", place, () => `its room at ${index} is not empty`);
    }
  }

  const lists: Lists = {
    type,
    storageType,
    allocate,
    lengthOf,
    get(list, index) {
      const field = fieldOf("lists.get", list, index);
      return get(storageOf(list), field);
    },
    set(list, index, value) {
      const field = fieldOf("lists.set", list, index);
      set(storageOf(list), field, value);
    },
    give(list, index, from) {
      const field = fieldOf("lists.give", list, index);
      give(storageOf(list), field, from);
    },
    append,
    insert,
    removeAt,
    pop(list, into) {
      const last = lengthOf(at(list)) - 1;
      if (last < 0) refuseEmpty();
      removeAt(list, last, into);
    },
    extend,
    clear,
    validate,
  };
  return withKindChecks(lists, parts, {
    ...{ name: "list", calls: "lists", types: [type] },
    byReference: { lengthOf: [0], get: [0], set: [0], give: [0], clear: [0] },
    bySlot: { append: [0], insert: [0], removeAt: [0], pop: [0], extend: [0, 1] },
    references: { validate: [0] },
    slots: { allocate: [0], give: [2], append: [1], insert: [2], removeAt: [2], pop: [1] },
    values: { set: [2] },
  });
}

function refuseEmpty(): never {
  throw new UsageError({
    where: "lists.pop",
    argument: "the list",
    problem: "has no element",
    remedy: "Ask lengthOf first",
  });
}

/** CPython's `list_resize`: what to allocate for `length` elements where there were `before`. */
function capacityFor(length: number, before: number): number {
  const capacity = (length + (length >> 3) + 6) & ~3;
  return length - before > capacity - length ? (length + 3) & ~3 : capacity;
}
