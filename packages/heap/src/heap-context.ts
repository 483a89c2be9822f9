// What the parts of one heap share: its memory and where things lie in it. Each part touches only its
// own words.

import type { Backing } from "./backing.js";
import type { HeapLayout } from "./heap-layout.js";

export interface HeapContext {
  readonly backing: Backing;
  readonly words: Int32Array;
  /** The window's first word, where the header lies. */
  readonly base: number;
  readonly heapLayout: HeapLayout;
}
