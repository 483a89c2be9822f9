// @thi.ng/malloc: first fit over linked lists in an ArrayBuffer. Its realloc leaks when it moves,
// so the loop allocates and frees instead.

import { MemPool } from "@thi.ng/malloc";
import { createNumberSlots, type Handle, type Subject } from "../subject.js";

export function createSubject(roomBytes: number): Subject {
  const pool = new MemPool({ size: roomBytes });
  const bytes = new Uint8Array(pool.buf);
  return {
    allocate(requestBytes: number) {
      const address = pool.malloc(requestBytes);
      if (address === 0) throw new Error(`no room for ${requestBytes} bytes`);
      return address;
    },
    free(handle: Handle) {
      if (!pool.free(handle as number)) throw new Error(`refused to free ${String(handle)}`);
    },
    touch(handle: Handle) {
      bytes[handle as number] = 1;
    },
    createSlots: createNumberSlots,
    empty: 0,
  };
}
