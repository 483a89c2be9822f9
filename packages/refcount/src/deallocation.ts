// Deallocation: what follows when a count reaches zero. The object's slots are released in its
// type's order, depth first: a child that dies is deallocated with all that dies with it before the
// next slot is looked at, which is CPython's order. Where CPython recurses, and defers what is too
// deep, here the way back lies in the dying objects themselves, so that a structure of any depth
// costs no stack and no memory:
//
//   word 0               ~ parent, the object whose slot this one was; ~ 0 for the first
//   first slot released  ~ cursor, the next slot to release         both below 0
//
//   root ─► dying parent ─► dying child ─► …         an object whose last reference is being
//             ▲ ~ parent ─────┘                      released is reclaimed before the descent:
//             └ cursor: ~ slot                       a list needs neither link nor cursor
//
// The link tells a dying object from a counted one; the cursor, in a slot, is an immediate to who
// looks at the heap meanwhile. After Deutsch, Schorr and Waite (1967), who turned links in place.
//
// Whoever may keep an object, or must run program code first, is asked where it ends (`onEnd`). The
// way back lies in the dying objects, so that a deallocation inside that code is a chain of its own.
//
// **Invariant:** no slot refers to a dying object; its own slots are counted until they are empty.

import {
  LENGTH_WORD_OFFSET,
  OBJECT_HEADER_SIZE_WORDS,
  ROW_FLAGS,
  ROW_LENGTH,
  ROW_SLOTS_END,
  ROW_SLOTS_MASK,
  ROW_SLOTS_START,
  TYPE_MASK,
  TYPE_RELEASE_BACKWARD,
  TYPE_ROW_SHIFT,
  TYPE_WORD_OFFSET,
  type TypeTable,
} from "@ouro/interfaces";

export interface DeallocationOptions {
  words: Int32Array;
  types: TypeTable;
  /** Takes one reference away and says whether it was the last. */
  decrement: (object: number) => boolean;
  /** Gives the object's memory back. */
  reclaim: (object: number) => void;
  /**
   * Told of each object that ends, whole as it still is; true if it must not be deallocated now. It
   * may run program code, and with it any other deallocation. Undefined: nobody asks.
   */
  onEnd: ((object: number) => boolean) | undefined;
  /** Objects with none of these bits in their type's flags are not asked for. Default: all are. */
  endFlags?: number | undefined;
  /** Reclaim no object before its slots are released and all that died with them is reclaimed. */
  isParentLast?: boolean;
}

export interface Deallocation {
  /** Deallocates an object that lost its last reference, and all that dies with it. O(those). */
  deallocate(object: number): void;
  /** Objects deallocated so far. */
  deallocatedCount(): number;
}

export function createDeallocation(options: DeallocationOptions): Deallocation {
  const { words, types, decrement, reclaim, onEnd = () => false, isParentLast = false } = options;
  const rows = types.base;
  // Constants of this closure fold into the compiled code; a module's may not, once bundled.
  const TYPE = TYPE_WORD_OFFSET;
  const MASK = TYPE_MASK;
  const SHIFT = TYPE_ROW_SHIFT;
  const FLAGS = ROW_FLAGS;
  const FIELDS = OBJECT_HEADER_SIZE_WORDS;
  const MANY = 3;
  // A bit that no type's flags use: in `asked`, it asks for objects of every type.
  const EVERY_TYPE = 1 << 30;
  const asked = options.onEnd === undefined ? 0 : (options.endFlags ?? EVERY_TYPE);
  let total = 0;

  function deallocate(dead: number): void {
    let object = dead;
    let parent = 0;
    let isResumed = false;
    let count = 0;
    // Of the row last read: an object of the type of the one before need not wait for its row.
    let type = 0;
    let flags = 0;
    let slotCount = MANY;
    for (;;) {
      const typeNow = (words[object + TYPE] as number) & MASK;
      if (typeNow !== type) {
        type = typeNow;
        flags = words[rows + (type << SHIFT) + FLAGS] as number;
        slotCount = countFew(rows + (type << SHIFT));
      }
      // The place where an object ends: whoever may keep it, or run code first, is asked here.
      const isKept = ((flags | EVERY_TYPE) & asked) !== 0 && !isResumed && onEnd(object);
      const next =
        isKept || slotCount !== MANY
          ? releaseFew(object, isKept ? 0 : slotCount)
          : releaseSlots(object, type, isResumed);
      isResumed = false;
      if (next < 0) {
        words[object] = ~parent;
        parent = object;
        object = ~next;
        continue;
      }
      if (!isKept) {
        reclaim(object);
        count++;
      }
      if (next > 0) object = next;
      else if (parent === 0) break;
      else {
        object = parent;
        parent = ~(words[object] as number);
        isResumed = true;
      }
    }
    total += count;
  }

  /**
   * Releases slots until a child dies. Answers the child; ~ child if there is more to release
   * behind it, with the cursor set; 0 when all slots are released.
   */
  function releaseSlots(object: number, type: number, isResumed: boolean): number {
    const row = rows + (type << SHIFT);
    const length =
      (words[object + LENGTH_WORD_OFFSET] as number) & (words[row + ROW_SLOTS_MASK] as number);
    let first = object + (words[row + ROW_SLOTS_START] as number);
    let stop = object + (words[row + ROW_SLOTS_END] as number) + length;
    let step = 1;
    if (((words[row + FLAGS] as number) & TYPE_RELEASE_BACKWARD) !== 0) {
      const start = first;
      first = stop - 1;
      stop = start - 1;
      step = -1;
    }
    let slot = isResumed ? ~(words[first] as number) : first;
    let child = 0;
    while (slot !== stop && child === 0) {
      const value = words[slot] as number;
      if (value > 0) {
        words[slot] = 0;
        if (decrement(value)) child = value;
      }
      slot += step;
    }
    if (child === 0) return 0;
    while (slot !== stop && (words[slot] as number) <= 0) slot += step;
    if (slot === stop && !isParentLast) return child;
    words[first] = ~slot;
    return ~child;
  }

  /** As `releaseSlots`; no cursor is kept, as the first slot is empty when it resumes. */
  function releaseFew(object: number, slotCount: number): number {
    if (slotCount === 0) return 0;
    const first = words[object + FIELDS] as number;
    const second = slotCount === 2 ? (words[object + FIELDS + 1] as number) : 0;
    if (first > 0) {
      words[object + FIELDS] = 0;
      if (decrement(first)) return second > 0 || isParentLast ? ~first : first;
    }
    if (second <= 0) return 0;
    words[object + FIELDS + 1] = 0;
    if (!decrement(second)) return 0;
    return isParentLast ? ~second : second;
  }

  /** The number of slots, if they are 0 to 2, go forward and nothing varies; else `MANY`. */
  function countFew(row: number): number {
    const slotCount = (words[row + ROW_SLOTS_END] as number) - FIELDS;
    const isForward = ((words[row + FLAGS] as number) & TYPE_RELEASE_BACKWARD) === 0;
    const isFixed = words[row + ROW_LENGTH] === 0;
    return isFixed && slotCount <= 2 && (isForward || slotCount < 2) ? slotCount : MANY;
  }

  return { deallocate, deallocatedCount: () => total };
}
