// The npm package `malloc`: a skip list of free blocks in an ArrayBuffer.

import Allocator from "malloc";
import { createNumberSlots, type Handle, type Subject } from "../subject.js";

export function createSubject(roomBytes: number): Subject {
  const buffer = new ArrayBuffer(roomBytes);
  const allocator = new Allocator(buffer);
  const bytes = new Uint8Array(buffer);
  return {
    allocate(requestBytes: number) {
      const address = allocator.alloc(requestBytes);
      if (address === 0) throw new Error(`no room for ${requestBytes} bytes`);
      return address;
    },
    free(handle: Handle) {
      allocator.free(handle as number);
    },
    touch(handle: Handle) {
      bytes[handle as number] = 1;
    },
    createSlots: createNumberSlots,
    empty: 0,
  };
}
