// No allocator at all: a number is bumped through a ring of scratch memory as large as the blocks
// the loop reuses. What remains is the loop with its writes, and it is taken off the others.

import {
  createNumberSlots,
  createObjectSlots,
  type Handle,
  NOTHING,
  type Subject,
} from "../subject.js";

/** `scratchBytes` is a power of two; peers/loops.c bumps through as much. */
export function createSubject(scratchBytes: number): Subject {
  const words = new Int32Array(scratchBytes >> 2).fill(1);
  const mask = words.length - 1;
  let next = 0;
  return {
    allocate(requestBytes: number) {
      next = (next + (((requestBytes + 15) >> 4) << 2)) & mask;
      return next;
    },
    free() {},
    touch(handle: Handle) {
      words[handle as number] = 1;
    },
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
    touch(handle: Handle) {
      (handle as { parity: number }).parity = 1;
    },
    createSlots: createObjectSlots,
    empty: NOTHING,
  };
}
