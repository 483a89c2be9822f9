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
// way back lies in the dying objects, so that a deallocation inside that code is a chain of its
// own.
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
  const MANY = -1;
  // Who was asked keeps the object: no object begins at word 1.
  const KEPT = 1;
  // A bit that no type's flags use: in `asked`, it asks for objects of every type.
  const EVERY_TYPE = 1 << 30;
  const asked = options.onEnd === undefined ? 0 : (options.endFlags ?? EVERY_TYPE);
  let total = 0;

  /** With `| 0` the compiled code knows whole numbers; a call may answer anything. */
  function deallocate(dead: number): void {
    let object = dead | 0;
    let parent = 0;
    let isResumed = false;
    let count = 0;
    // Of the row last read: an object of the type of the one before need not wait for its row.
    let type = 0;
    let slotCount = MANY;
    for (;;) {
      const typeNow = typeOf(object);
      if (typeNow !== type) {
        type = typeNow;
        slotCount = countFew(type) | 0;
      }
      let next =
        (slotCount < 0 ? releaseMany(object, type, isResumed) : releaseFew(object, slotCount)) | 0;
      isResumed = false;
      if (next < 0) {
        setParent(object, parent);
        parent = object;
        object = ~next;
        continue;
      }
      if (next === KEPT) next = 0;
      else {
        reclaim(object);
        count = (count + 1) | 0;
      }
      if (next > 0) object = next;
      else if (parent === 0) break;
      else {
        object = parent;
        parent = parentOf(object) | 0;
        isResumed = true;
      }
    }
    total += count;
  }

  // What the loop does with words is in functions: those are inlined with all of their constants,
  // which the loop itself would have to load.

  function typeOf(object: number): number {
    return (words[object + TYPE] as number) & MASK;
  }

  function setParent(object: number, parent: number): void {
    words[object] = ~parent;
  }

  function parentOf(object: number): number {
    return ~(words[object] as number);
  }

  /** The place where an object ends: whoever may keep it, or run code first, is asked here. */
  function releaseMany(object: number, type: number, isResumed: boolean): number {
    if (!isResumed && isAsked(type) && onEnd(object)) return KEPT;
    return releaseSlots(object, type, isResumed);
  }

  function isAsked(type: number): boolean {
    return (((words[rows + (type << SHIFT) + FLAGS] as number) | EVERY_TYPE) & asked) !== 0;
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

  /**
   * The number of slots, if they are 0 to 2, go forward, nothing varies and nobody is asked; else
   * `MANY`.
   */
  function countFew(type: number): number {
    const row = rows + (type << SHIFT);
    const slotCount = (words[row + ROW_SLOTS_END] as number) - FIELDS;
    const isForward = ((words[row + FLAGS] as number) & TYPE_RELEASE_BACKWARD) === 0;
    const isFixed = words[row + ROW_LENGTH] === 0;
    const isFew = isFixed && slotCount <= 2 && (isForward || slotCount < 2);
    return isFew && !isAsked(type) ? slotCount : MANY;
  }

  return { deallocate, deallocatedCount: () => total };
}
