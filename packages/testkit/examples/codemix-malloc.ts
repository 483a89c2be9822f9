// The npm package `malloc` 1: a skip list of free blocks in an ArrayBuffer, sizes before and behind
// each block, negative where it is free. It has no reallocation: the adapter copies.

import Allocator from "malloc";
import { type ForeignPool, type ForeignWindow, foreignAllocators } from "./foreign-allocator.js";

const WORD_BYTES = 4;
/** A size before the block and one behind it. */
const BOUNDS_BYTES = 2 * WORD_BYTES;
/** Where its first block begins, after the head of the skip list. */
const FIRST_BLOCK_BYTES = 272;

function create({ buffer, startBytes, sizeBytes }: ForeignWindow): ForeignPool {
  const pool = new Allocator(buffer, startBytes, sizeBytes);
  const bytes = new Uint8Array(buffer);

  function* all(): Generator<readonly [type: string, address: number, size: number]> {
    let address = startBytes + FIRST_BLOCK_BYTES;
    for (const { type, size } of pool.inspect().blocks) {
      yield [type, address, size];
      address += size + BOUNDS_BYTES;
    }
  }

  /** It throws for what it refuses. */
  function free(address: number): boolean {
    try {
      pool.free(address - startBytes);
      return true;
    } catch (error) {
      if (error instanceof RangeError) return false;
      throw error;
    }
  }

  const place = (address: number): number => (address === 0 ? 0 : address + startBytes);
  return {
    allocate: (size) => place(pool.alloc(size)),
    allocateZeroed: (size) => place(pool.calloc(size)),
    reallocate(address, size) {
      const oldSize = pool.sizeOf(address - startBytes);
      const moved = place(pool.alloc(size));
      if (moved === 0) return 0;
      bytes.copyWithin(moved, address, address + Math.min(oldSize, size));
      pool.free(address - startBytes);
      return moved;
    },
    free,
    *blocks() {
      for (const [type, address, size] of all()) if (type === "used") yield [address, size];
    },
    freeBytes() {
      let sum = 0;
      for (const [type, , size] of all()) if (type === "free") sum += size;
      return sum;
    },
    validate: () => void pool.inspect(),
  };
}

export const allocator = foreignAllocators({ name: "malloc", remainderBytes: 8, create });
