// The heap under test: a maker of fresh ones, and what is declared of them.

import { ARENA_SIZE_BYTES, type PrivateHeap } from "@ouro/interfaces";
import { FLAG, type Form, FUNCTION, record, TEXT, wholeNumber } from "../form.js";
import type { Entry } from "../property.js";
import { HEAP } from "../subject-forms.js";

/** Programs pass it again and again. */
export const SOFT_LIMIT_COUNT = 3;
export const SOFT_LIMIT_BYTES = SOFT_LIMIT_COUNT * ARENA_SIZE_BYTES;

export interface HeapMakerOptions {
  readonly softLimitBytes: number;
  /** To be called each time the soft limit is passed. */
  readonly onSoftLimit: () => void;
}

export interface HeapMaker {
  readonly name: string;
  /**
   * Whether arenas that come free at the end of memory go back to the operating system. Both ways
   * to declare it falsely fail the property of the books.
   */
  readonly returnsMemory: boolean;
  /** Bytes of the memory that lie before the heap's window. Default 0. */
  readonly windowStartBytes?: number;
  /** JavaScript that makes `maker` known: scripts of counterexamples begin with it. */
  readonly source?: string;
  /** A fresh heap; one of about 8 arenas shows most. */
  make(options: HeapMakerOptions): PrivateHeap;
}

type Forms = { readonly [Key in keyof Required<HeapMaker>]: Form };

const REQUIRED = { name: TEXT, returnsMemory: FLAG, make: FUNCTION } satisfies Partial<Forms>;
const OPTIONAL = {
  windowStartBytes: wholeNumber(),
  source: TEXT,
} satisfies Omit<Forms, keyof typeof REQUIRED>;

export const heapEntry: Entry<HeapMaker> = {
  maker: record(REQUIRED, OPTIONAL),
  tryOut(maker, tryOut) {
    const softLimitBytes = SOFT_LIMIT_BYTES;
    tryOut("make()", () => maker.make({ softLimitBytes, onSoftLimit() {} }), HEAP);
  },
};
