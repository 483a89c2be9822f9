// No allocator at all: a number is bumped. What remains is the loop, and it is taken off the
// others.

import { createNumberSlots, createObjectSlots, NOTHING, type Subject } from "../subject.js";

export function createSubject(): Subject {
  let next = 4;
  return {
    allocate() {
      next = (next + 4) & 0x3fffffff;
      return next;
    },
    free() {},
    touch() {},
    createSlots: createNumberSlots,
    empty: 0,
  };
}

/** The same loop with slots that hold objects: V8's write barrier belongs to the loop. */
export function createObjectSubject(): Subject {
  let next = 4;
  const even = { parity: 0 };
  const odd = { parity: 1 };
  return {
    allocate() {
      next = (next + 4) & 0x3fffffff;
      return (next & 4) === 0 ? even : odd;
    },
    free() {},
    touch() {},
    createSlots: createObjectSlots,
    empty: NOTHING,
  };
}
