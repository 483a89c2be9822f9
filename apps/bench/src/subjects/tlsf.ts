// AssemblyScript's TLSF (its "minimal" runtime), compiled at bench time, called for every
// operation.

import { readFileSync } from "node:fs";
import { createNumberSlots, type Subject, type SubjectFacts } from "../subject.js";

interface Exports {
  readonly memory: WebAssembly.Memory;
  allocate(requestBytes: number): number;
  allocateZeroed(requestBytes: number): number;
  reallocate(address: number, requestBytes: number): number;
  free(address: number): void;
}

export async function createSubject(_roomBytes: number, facts: SubjectFacts): Promise<Subject> {
  if (facts.compiledFile === undefined) throw new Error("tlsf was not compiled");
  const imports = {
    env: {
      abort() {
        throw new Error("aborted");
      },
    },
  };
  const { instance } = await WebAssembly.instantiate(readFileSync(facts.compiledFile), imports);
  const { memory, allocate, allocateZeroed, reallocate, free } =
    instance.exports as unknown as Exports;
  let bytes = new Uint8Array(memory.buffer);
  return {
    allocate,
    allocateZeroed,
    reallocate: reallocate as Subject["reallocate"] & object,
    free: free as Subject["free"],
    touch(handle) {
      // The memory grows while blocks are allocated; the view of its old buffer has length 0 then.
      const address = (handle as number) >>> 0;
      if (address >= bytes.length) bytes = new Uint8Array(memory.buffer);
      bytes[address] = 1;
    },
    createSlots: createNumberSlots,
    empty: 0,
  };
}
