// The heap under test: a maker of fresh ones, and what is declared of them.

import type { PrivateHeap } from "@ouro/interfaces";

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
  /** A fresh heap; one of about 8 arenas shows most. */
  make(options: HeapMakerOptions): PrivateHeap;
}
