// A cache that forgets the entry used longest ago: a table of entries, which are linked both ways
// in order of use, newest behind the anchor. Most of what it does is load and store: to use an
// entry rewrites six links. One use in four replaces the entry by a new one, so that there are
// safepoints and garbage.
//
//   table   │ e0 │ e1 │ e2 │ …            anchor ⇄ e2 ⇄ e0 ⇄ e1 ⇄ … ⇄ anchor

import { type Reference, type Slot, slotAt, type Value } from "@ouro/interfaces";
import type { MemoryManager } from "@ouro/memory-manager";
import { CACHE_ENTRY_COUNT } from "./program.js";

const PREVIOUS = 0;
const NEXT = 1;
const USE_COUNT = 2;

/** Uses a cache so many times, drops it, and answers the uses and entries counted at the end. */
export function createCacheProgram(manager: MemoryManager): (count: number) => number {
  const { mutator, types } = manager;
  const { enter, leave, allocate, allocateArray, get, set, word, setWord, root } = mutator;
  const entry =
    types.find("entry") ??
    manager.defineType({ name: "entry", visitedSlotCount: 2, rawWordCount: 1 });
  const table =
    types.find("table") ?? manager.defineType({ name: "table", variablePart: "visited" });

  const loaded = (object: Reference, field: number) => get(object, field) as Reference;

  function unlink(object: Reference): void {
    const previous = loaded(object, PREVIOUS);
    const next = loaded(object, NEXT);
    set(previous, NEXT, next);
    set(next, PREVIOUS, previous);
  }

  function linkFirst(anchor: Reference, object: Reference): void {
    const first = loaded(anchor, NEXT);
    set(object, PREVIOUS, anchor);
    set(object, NEXT, first);
    set(first, PREVIOUS, object);
    set(anchor, NEXT, object);
  }

  /** A new entry in the table and the list, in place of the one that is there. */
  function replace(frame: Slot, index: number): void {
    const fresh = allocate(entry, slotAt(frame, 2));
    const entries = root(frame) as Reference;
    const old = get(entries, index);
    if (old > 0) {
      setWord(fresh, USE_COUNT, word(old as Reference, USE_COUNT) + 1);
      unlink(old as Reference);
    }
    linkFirst(root(slotAt(frame, 1)) as Reference, fresh);
    set(entries, index, fresh);
  }

  function use(frame: Slot, index: number): void {
    const used = loaded(root(frame) as Reference, index);
    setWord(used, USE_COUNT, word(used, USE_COUNT) + 1);
    unlink(used);
    linkFirst(root(slotAt(frame, 1)) as Reference, used);
  }

  /** Takes the list apart, which counting alone would not, and counts uses and entries. */
  function dissolve(frame: Slot): number {
    const anchor = root(slotAt(frame, 1)) as Reference;
    let total = 0;
    let entryCount = 0;
    let object: Value = get(anchor, NEXT);
    while (object !== anchor) {
      const next: Value = get(object as Reference, NEXT);
      total += word(object as Reference, USE_COUNT);
      entryCount++;
      set(object as Reference, PREVIOUS, 0);
      set(object as Reference, NEXT, 0);
      object = next;
    }
    set(anchor, PREVIOUS, 0);
    set(anchor, NEXT, 0);
    return total + entryCount;
  }

  return (count) => {
    const frame = enter(3);
    allocateArray(table, CACHE_ENTRY_COUNT, frame);
    const anchor = allocate(entry, slotAt(frame, 1));
    set(anchor, PREVIOUS, anchor);
    set(anchor, NEXT, anchor);
    for (let index = 1; index <= CACHE_ENTRY_COUNT; index++) replace(frame, index);
    let random = 12345;
    for (let n = 0; n < count; n++) {
      random ^= random << 13;
      random ^= random >>> 17;
      random ^= random << 5;
      const index = 1 + ((random >>> 0) % CACHE_ENTRY_COUNT);
      if ((n & 3) === 0) replace(frame, index);
      else use(frame, index);
    }
    const counted = dissolve(frame);
    leave(frame);
    mutator.collect();
    return counted;
  };
}
