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
// The link tells a dying object from a counted one; the cursor, in a slot, is an immediate to whoever
// looks at the heap meanwhile. After Deutsch, Schorr and Waite (1967), who turned links in place.
//
// **Invariant:** no slot refers to a dying object; its own slots are counted until they are empty.

import {
  LENGTH_WORD_OFFSET,
  ROW_FLAGS,
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
  /** Told of each object that ends, whole as it still is. Undefined: nobody asks. */
  onEnd: ((object: number) => void) | undefined;
}

export interface Deallocation {
  /** Deallocates an object that lost its last reference, and all that dies with it. O(those). */
  deallocate(object: number): void;
  /** Objects deallocated so far. */
  deallocatedCount(): number;
}

export function createDeallocation(options: DeallocationOptions): Deallocation {
  const { words, types, decrement, reclaim, onEnd = () => {} } = options;
  const rows = types.base;
  // Constants of this closure fold into the compiled code; a module's may not, once bundled.
  const TYPE = TYPE_WORD_OFFSET;
  const LENGTH = LENGTH_WORD_OFFSET;
  const MASK = TYPE_MASK;
  const SHIFT = TYPE_ROW_SHIFT;
  const FLAGS = ROW_FLAGS;
  const SLOTS_START = ROW_SLOTS_START;
  const SLOTS_END = ROW_SLOTS_END;
  const SLOTS_MASK = ROW_SLOTS_MASK;
  const BACKWARD = TYPE_RELEASE_BACKWARD;
  // A bit that no type's flags use: set in `asked`, it asks for objects of every type.
  const EVERY_TYPE = 1 << 30;
  const asked = options.onEnd === undefined ? 0 : EVERY_TYPE;
  let total = 0;

  function deallocate(dead: number): void {
    let object = dead;
    let parent = 0;
    let count = 0;
    let isResumed = false;
    // The row last read: most objects are of the type of the one before, and need not wait for it.
    let type = 0;
    let flags = 0;
    let startOffset = 0;
    let endOffset = 0;
    let lengthMask = 0;
    for (;;) {
      const typeNow = (words[object + TYPE] as number) & MASK;
      if (typeNow !== type) {
        type = typeNow;
        const row = rows + (type << SHIFT);
        flags = words[row + FLAGS] as number;
        startOffset = words[row + SLOTS_START] as number;
        endOffset = words[row + SLOTS_END] as number;
        lengthMask = words[row + SLOTS_MASK] as number;
      }
      let first = object + startOffset;
      let stop = object + endOffset + ((words[object + LENGTH] as number) & lengthMask);
      let step = 1;
      if ((flags & BACKWARD) !== 0) {
        const start = first;
        first = stop - 1;
        stop = start - 1;
        step = -1;
      }
      let slot = first;
      if (isResumed) slot = ~(words[first] as number);
      else {
        count++;
        // The place where an object ends: whoever may keep it, or run code first, is asked here.
        if (((flags | EVERY_TYPE) & asked) !== 0) onEnd(object);
      }
      let child = 0;
      while (slot !== stop) {
        const value = words[slot] as number;
        if (value > 0) {
          words[slot] = 0;
          if (decrement(value)) {
            child = value;
            slot += step;
            break;
          }
        }
        slot += step;
      }
      if (child !== 0) {
        while (slot !== stop && (words[slot] as number) <= 0) slot += step;
        if (slot === stop) reclaim(object);
        else {
          words[object] = ~parent;
          words[first] = ~slot;
          parent = object;
        }
        object = child;
        isResumed = false;
      } else {
        reclaim(object);
        if (parent === 0) break;
        object = parent;
        parent = ~(words[object] as number);
        isResumed = true;
      }
    }
    total += count;
  }

  return { deallocate, deallocatedCount: () => total };
}
