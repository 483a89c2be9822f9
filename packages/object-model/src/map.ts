// A map from values to values, in the order in which keys came in: CPython's dict since 3.6. The
// entries are an array that is filled from the front; an index of raw words says where to look. The
// map itself is a small object that keeps its identity while both grow.
//
//   map       │ header │ index │ entries │ used │ filled │ log2 of the table │ stamp │
//   index     │ header │ length │ table: 2^log2 words │ hash of entry 0 │ hash of entry 1 │ …
//   entries   │ header │ length │ key 0 │ value 0 │ key 1 │ value 1 │ … │ none …
//
//   table word   0 never used · −1 deleted · n + 1 entry n
//
// Probing, the usable two thirds, growth to three times the used entries and compaction while
// growing are CPython's (Objects/dictobject.c). A deleted entry's key and value are none.
//
// Keys: immediates are equal as numbers, strings by their units, all other objects only to
// themselves. The hash of such an object is its word index, which a moving collector changes. So a
// map remembers how many collections there had been (`stamp`) when it hashed its keys, and hashes
// them anew, in place, when it is next asked for such a key after another one. Where nothing moves
// nothing is asked. A restored heap image places objects anew: call `rehash` for each of its maps.

import {
  type Collector,
  checkIndex,
  checkInteger,
  describeValue,
  ELEMENTS_FIELD,
  expectSound,
  type Mutator,
  type Reference,
  type Slot,
  slotAt,
  type TypeId,
  type TypeTable,
  UsageError,
  type Value,
} from "@ouro/interfaces";
import { withKindChecks } from "./kind-checks.js";
import { checkParts } from "./parts-check.js";
import { mixWord } from "./raw-bytes.js";
import { createStrings, type Strings } from "./string.js";
import { findOrDefineType } from "./type-table.js";

const INDEX = 0;
const ENTRIES = 1;
const USED = 2;
const FILLED = 3;
const LOG2 = 4;
const STAMP = 5;
const FIRST = ELEMENTS_FIELD;
const DELETED = -1;
/** CPython: `PyDict_LOG_MINSIZE`, `PERTURB_SHIFT`. */
const LOG2_MIN = 3;
const PERTURB_SHIFT = 5;

export interface MapsOptions {
  mutator: Mutator;
  types: TypeTable;
  /** Says whether objects move, and how many collections there have been. */
  collector: Pick<Collector, "traits" | "statistics">;
  /** Default: `createStrings` of the same mutator. */
  strings?: Strings;
}

/**
 * A map is named by a slot in the call that may allocate, by a reference in all others. None is no
 * key: `UsageError`, as in checked mode for what is not a map. A refused call, also for want of
 * memory, changes nothing. Lookups are O(1) on average; the first one for an object as a key after
 * a moving collection is O(entries).
 */
export interface Maps {
  readonly type: TypeId;
  /** An empty map. Safepoint. O(1). */
  allocate(into: Slot): Reference;
  sizeOf(map: Reference): number;
  has(map: Reference, key: Value): boolean;
  /** None when the key is not there. */
  get(map: Reference, key: Value): Value;
  /** Moves what `value` holds to the key that `key` holds, and keeps. Safepoint. O(1) amortized. */
  set(map: Slot, key: Slot, value: Slot): void;
  /** Whether the key was there. */
  delete(map: Reference, key: Value): boolean;
  /** As `delete`; moves the value to `into`, which is left alone if the key was not there. */
  take(into: Slot, map: Reference, key: Value): boolean;
  /** O(size) if keys or values die. */
  clear(map: Reference): void;
  /**
   * The first entry from `cursor` on, −1 when there is none: `next(map, 0)`, then `next(map, entry
   * + 1)`. Good until the map changes in size. O(deleted entries skipped).
   */
  next(map: Reference, cursor: number): number;
  /** This and `valueAt` throw `UsageError` for a number that is no entry's. O(1). */
  keyAt(map: Reference, entry: number): Value;
  valueAt(map: Reference, entry: number): Value;
  /** Hashes all keys anew: for maps that a heap image brought. O(entries). */
  rehash(map: Reference): void;
  /** Throws `HeapCorruptionError` naming what is broken. O(entries). */
  validate(map: Reference): void;
}

/** Maps of one memory manager; defines the types `map`, `map-index`, `map-entries` if needed. */
export function createMaps(options: MapsOptions): Maps {
  checkParts("createMaps", options, "mutator types collector");
  const { mutator, types, collector } = options;
  const { root, get, set, give, take, copy, word, setWord, enter, leave } = mutator;
  const strings = options.strings ?? createStrings({ mutator, types });
  checkStrings(strings);
  const { moves } = collector.traits;
  const entriesType = findOrDefineType(types, {
    name: "map-entries",
    variablePart: "visited",
    visitOrder: "insertion",
    releaseOrder: "insertion",
  });
  const indexType = findOrDefineType(types, { name: "map-index", variablePart: "raw" });
  const type = findOrDefineType(types, { name: "map", visitedSlotCount: 2, rawWordCount: 4 });
  /** Where the table names the entry that `find` answered last. */
  let foundField = 0;

  const at = (map: Slot): Reference => root(map) as Reference;
  const indexOf = (map: Reference): Reference => get(map, INDEX) as Reference;
  const entriesOf = (map: Reference): Reference => get(map, ENTRIES) as Reference;
  const keyField = (entry: number): number => FIRST + entry * 2;
  const valueField = (entry: number): number => FIRST + entry * 2 + 1;
  const hashField = (tableSize: number, entry: number): number => FIRST + tableSize + entry;
  const stampNow = (): number => (moves ? collector.statistics().collectionCount | 0 : 0);

  function hasIdentity(key: Value): boolean {
    return key > 0 && !strings.isString(key);
  }

  function hashOf(key: Value): number {
    if (key < 0) return mixWord(key);
    if (strings.isString(key)) return strings.hash(key);
    return mixWord(mutator.fieldsStart(key as Reference));
  }

  function isSameKey(one: Value, other: Value): boolean {
    if (one === other) return true;
    return strings.isString(one) && strings.isString(other) && strings.equals(one, other);
  }

  function checkKey(where: string, key: Value): void {
    if (key !== 0) return;
    throw new UsageError({
      where,
      argument: "key none",
      problem: "cannot be told from no key",
      remedy: "Use an immediate, a string or an object",
    });
  }

  /** The entry of a key, −1 when it is not there; `foundField` says where the table names it. */
  function find(map: Reference, key: Value, hash: number): number {
    const log2 = word(map, LOG2);
    if (log2 === 0) return -1;
    const mask = (1 << log2) - 1;
    const index = indexOf(map);
    const entries = entriesOf(map);
    let perturb = hash;
    let place = hash & mask;
    for (;;) {
      const named = word(index, FIRST + place);
      if (named === 0) return -1;
      if (named !== DELETED && word(index, hashField(mask + 1, named - 1)) >>> 0 === hash) {
        if (isSameKey(get(entries, keyField(named - 1)), key)) {
          foundField = FIRST + place;
          return named - 1;
        }
      }
      perturb >>>= PERTURB_SHIFT;
      place = (place * 5 + perturb + 1) & mask;
    }
  }

  function lookUp(where: string, map: Reference, key: Value): number {
    checkKey(where, key);
    if (moves && hasIdentity(key) && word(map, STAMP) !== stampNow()) rehash(map);
    return find(map, key, hashOf(key));
  }

  /** Names an entry in the first free place of the table. */
  function enterInTable(index: Reference, mask: number, entry: number, hash: number): void {
    let perturb = hash;
    let place = hash & mask;
    while (word(index, FIRST + place) > 0) {
      perturb >>>= PERTURB_SHIFT;
      place = (place * 5 + perturb + 1) & mask;
    }
    setWord(index, FIRST + place, entry + 1);
    setWord(index, hashField(mask + 1, entry), hash);
  }

  /** Makes the table of an index anew from its entries. */
  function rehash(map: Reference): void {
    const log2 = word(map, LOG2);
    setWord(map, STAMP, stampNow());
    if (log2 === 0) return;
    const tableSize = 1 << log2;
    const index = indexOf(map);
    const entries = entriesOf(map);
    for (let at = 0; at < tableSize; at++) setWord(index, FIRST + at, 0);
    const filled = word(map, FILLED);
    for (let entry = 0; entry < filled; entry++) {
      const key = get(entries, keyField(entry));
      if (key !== 0) enterInTable(index, tableSize - 1, entry, hashOf(key));
    }
  }

  /** Moves the entries, closed up, to arrays of three times their number. */
  function resize(map: Slot): void {
    const log2 = log2For(word(at(map), USED) * 3);
    const frame = enter(2);
    try {
      const usable = usableOf(log2);
      mutator.allocateArray(indexType, (1 << log2) + usable, frame);
      mutator.allocateArray(entriesType, usable * 2, slotAt(frame, 1));
      const object = at(map);
      // Program code that ran meanwhile may have made this too small: the caller tries again.
      if (word(object, USED) > usable) return;
      closeUp(object, root(slotAt(frame, 1)) as Reference);
      setWord(object, LOG2, log2);
      setWord(object, FILLED, word(object, USED));
      give(object, INDEX, frame);
      give(object, ENTRIES, slotAt(frame, 1));
      rehash(object);
    } finally {
      leave(frame);
    }
  }

  /** Copies the entries that are not deleted, run by run. */
  function closeUp(map: Reference, target: Reference): void {
    const source = get(map, ENTRIES) as Reference | 0;
    if (source === 0) return;
    const filled = word(map, FILLED);
    let count = 0;
    for (let entry = next(map, 0); entry >= 0; entry = next(map, entry)) {
      const first = entry;
      while (entry < filled && get(source, keyField(entry)) !== 0) entry++;
      copy(target, keyField(count), source, keyField(first), (entry - first) * 2);
      count += entry - first;
    }
  }

  function setEntry(map: Slot, key: Slot, value: Slot): void {
    for (;;) {
      const object = at(map);
      const keyValue = root(key);
      const entry = lookUp("maps.set", object, keyValue);
      if (entry >= 0) {
        give(entriesOf(object), valueField(entry), value);
        return;
      }
      const filled = word(object, FILLED);
      const log2 = word(object, LOG2);
      if (log2 > 0 && filled < usableOf(log2)) {
        const entries = entriesOf(object);
        enterInTable(indexOf(object), (1 << log2) - 1, filled, hashOf(keyValue));
        setWord(object, FILLED, filled + 1);
        setWord(object, USED, word(object, USED) + 1);
        set(entries, keyField(filled), keyValue);
        give(entries, valueField(filled), value);
        return;
      }
      resize(map);
    }
  }

  /** Moves an entry's key and value to `frame` and the slot above it. */
  function takeEntry(frame: Slot, map: Reference, entry: number): void {
    const entries = entriesOf(map);
    setWord(indexOf(map), foundField, DELETED);
    setWord(map, USED, word(map, USED) - 1);
    take(frame, entries, keyField(entry));
    take(slotAt(frame, 1), entries, valueField(entry));
  }

  function deleteEntry(map: Reference, key: Value): boolean {
    const entry = lookUp("maps.delete", map, key);
    if (entry < 0) return false;
    const frame = enter(2);
    takeEntry(frame, map, entry);
    leave(frame);
    return true;
  }

  function takeValue(into: Slot, map: Reference, key: Value): boolean {
    const entry = lookUp("maps.take", map, key);
    if (entry < 0) return false;
    const frame = enter(2);
    try {
      takeEntry(frame, map, entry);
      mutator.moveRoot(into, slotAt(frame, 1));
    } finally {
      leave(frame);
    }
    return true;
  }

  function clear(map: Reference): void {
    const frame = enter(2);
    take(frame, map, INDEX);
    take(slotAt(frame, 1), map, ENTRIES);
    for (const field of [USED, FILLED, LOG2, STAMP]) setWord(map, field, 0);
    leave(frame);
  }

  function next(map: Reference, cursor: number): number {
    checkInteger("maps.next", "cursor", cursor, 0);
    const filled = word(map, FILLED);
    if (cursor >= filled) return -1;
    const entries = entriesOf(map);
    let entry = cursor;
    while (entry < filled && get(entries, keyField(entry)) === 0) entry++;
    return entry < filled ? entry : -1;
  }

  function validate(map: Reference): void {
    const place = mutator.fieldsStart(map);
    const expect = (fact: boolean, problem: string) => expectSound(fact, "map", place, problem);
    expect(mutator.typeOf(map) === type, "its type is not a map's");
    const used = word(map, USED);
    const filled = word(map, FILLED);
    const log2 = word(map, LOG2);
    const usable = log2 === 0 ? 0 : usableOf(log2);
    expect(used >= 0 && used <= filled && filled <= usable, "its counts contradict one another");
    if (log2 === 0) {
      expect(get(map, INDEX) === 0 && get(map, ENTRIES) === 0, "it has arrays and no size");
      return;
    }
    const index = indexOf(map);
    const entries = entriesOf(map);
    expect(mutator.typeOf(index) === indexType, "its index is none");
    expect(mutator.typeOf(entries) === entriesType, "its entries are none");
    expect(mutator.lengthOf(entries) === usable * 2, "its entries and its size differ");
    let named = 0;
    for (let at = 0; at < 1 << log2; at++) if (word(index, FIRST + at) > 0) named++;
    expect(named === used, "its table names more or fewer entries than are used");
    let live = 0;
    for (let entry = 0; entry < usable; entry++) {
      const key = get(entries, keyField(entry));
      if (key === 0) {
        expect(get(entries, valueField(entry)) === 0, `entry ${entry} has a value and no key`);
        continue;
      }
      live++;
      expect(entry < filled, `entry ${entry} lies behind those filled`);
      expect(lookUp("maps.validate", map, key) === entry, `entry ${entry} is not found by its key`);
    }
    expect(live === used, "it has more or fewer entries than are used");
  }

  const maps: Maps = {
    type,
    allocate: (into) => mutator.allocate(type, into),
    sizeOf: (map) => word(map, USED),
    has: (map, key) => lookUp("maps.has", map, key) >= 0,
    get(map, key) {
      const entry = lookUp("maps.get", map, key);
      return entry < 0 ? 0 : get(entriesOf(map), valueField(entry));
    },
    set: setEntry,
    delete: deleteEntry,
    take: takeValue,
    clear,
    next,
    keyAt(map, entry) {
      checkIndex("maps.keyAt", entry, word(map, FILLED));
      return get(entriesOf(map), keyField(entry));
    },
    valueAt(map, entry) {
      checkIndex("maps.valueAt", entry, word(map, FILLED));
      return get(entriesOf(map), valueField(entry));
    },
    rehash,
    validate,
  };
  const first = [0];
  return withKindChecks(maps, options, {
    ...{ name: "map", calls: "maps", types: [type] },
    byReference: {
      ...{ sizeOf: first, has: first, get: first, delete: first, take: [1], clear: first },
      ...{ next: first, keyAt: first, valueAt: first, rehash: first },
    },
    bySlot: { set: first },
    references: { validate: first },
    slots: { allocate: first, set: [1, 2], take: first },
    values: { has: [1], get: [1], delete: [1], take: [2] },
  });
}

function checkStrings(strings: unknown): void {
  if (typeof (strings as Strings).isString === "function") return;
  throw new UsageError({
    where: "createMaps",
    argument: `option strings, ${describeValue(strings)},`,
    problem: "is none",
    remedy: "Pass what createStrings made of the same mutator",
  });
}

/** CPython: `USABLE_FRACTION`. */
function usableOf(log2: number): number {
  return Math.floor((2 << log2) / 3);
}

/** CPython: `calculate_log2_keysize`. */
function log2For(size: number): number {
  return size <= 1 << LOG2_MIN ? LOG2_MIN : 32 - Math.clz32(size - 1);
}
