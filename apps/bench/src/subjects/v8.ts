// V8's own memory: nothing is freed, a slot that is overwritten leaves garbage for the collector.

import { createObjectSlots, type Handle, NOTHING, type Subject } from "../subject.js";

class Node {
  first = 0;
  second = 0;
  third = 0;
}

/** An object of three fields, whatever the size asked for: 24 bytes of header, 8 a field. */
export function createObjectSubject(): Subject {
  return {
    allocate: () => new Node(),
    free() {},
    touch(handle: Handle) {
      (handle as Node).first = 1;
    },
    createSlots: createObjectSlots,
    empty: NOTHING,
  };
}

/** `new Uint8Array(requestBytes)`: always zero-filled. */
export function createTypedArraySubject(): Subject {
  return {
    allocate: (requestBytes: number) => new Uint8Array(requestBytes),
    free() {},
    reallocate(handle: Handle, requestBytes: number) {
      const old = handle as Uint8Array;
      const grown = new Uint8Array(requestBytes);
      grown.set(old.length > requestBytes ? old.subarray(0, requestBytes) : old);
      return grown;
    },
    touch(handle: Handle) {
      (handle as Uint8Array)[0] = 1;
    },
    createSlots: createObjectSlots,
    empty: NOTHING,
  };
}
