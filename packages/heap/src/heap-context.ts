// What the parts of one heap share: its memory and where things lie in it. Each part touches only
// its own words.

import { UsageError } from "@ouro/interfaces";
import type { Backing } from "./backing.js";
import type { HeapLayout } from "./heap-layout.js";

export interface HeapContext {
  readonly backing: Backing;
  readonly words: Int32Array;
  /** The window's first word, where the header lies. */
  readonly base: number;
  readonly heapLayout: HeapLayout;
}

/** Growing a WebAssembly.Memory, or transferring a buffer, takes the bytes away from every view. */
export function checkAttached(words: Int32Array, where: string): void {
  if (words.length > 0) return;
  throw new UsageError({
    where,
    argument: "the heap's memory",
    problem: "was detached, as growing a WebAssembly.Memory does",
    remedy: "Call openPrivateHeap on the memory again: the heap is still in it",
  });
}
