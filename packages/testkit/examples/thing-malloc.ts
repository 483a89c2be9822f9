// @thi.ng/malloc 6: two linked lists in an ArrayBuffer, first fit. It tells what it refuses, and
// has all four calls.

import { MemPool, type MemPoolOpts } from "@thi.ng/malloc";
import { type ForeignPool, type ForeignWindow, foreignAllocators } from "./foreign-allocator.js";

/** Size and next block, before each block. */
const HEADER_BYTES = 8;

/** Its lists are for subclasses to see. */
class OpenPool extends MemPool {
  *usedBlocks(): Generator<readonly [number, number]> {
    for (let block = this._used; block !== 0; block = this.blockNext(block)) {
      yield [block + HEADER_BYTES, this.blockSize(block) - HEADER_BYTES];
    }
  }
}

function create({ buffer, startBytes, sizeBytes }: ForeignWindow): ForeignPool {
  const options: Partial<MemPoolOpts> = {
    buf: buffer,
    start: startBytes,
    end: startBytes + sizeBytes,
    align: 16,
  };
  const pool = new OpenPool(options);
  return {
    allocate: (size) => pool.malloc(size),
    allocateZeroed: (size) => pool.calloc(size),
    reallocate: (address, size) => pool.realloc(address, size),
    free: (address) => pool.free(address),
    blocks: () => pool.usedBlocks(),
    freeBytes: () => pool.stats().free.size,
  };
}

export const allocator = foreignAllocators({ name: "@thi.ng/malloc", remainderBytes: 8, create });
