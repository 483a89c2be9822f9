// memium's memory of one ArrayBuffer: it looks through all sections for each call.

import { ArrayBufferMemory } from "memium/memory";
import { createNumberSlots, type Handle, type Subject } from "../subject.js";

export function createSubject(roomBytes: number): Subject {
  const buffer = new ArrayBuffer(roomBytes);
  const memory = new ArrayBufferMemory(buffer);
  const bytes = new Uint8Array(buffer);
  return {
    allocate: (requestBytes: number) => memory.alloc(requestBytes).valueOf(),
    free(handle: Handle) {
      memory.free(handle as number);
    },
    touch(handle: Handle) {
      bytes[handle as number] = 1;
    },
    createSlots: createNumberSlots,
    empty: 0,
  };
}
