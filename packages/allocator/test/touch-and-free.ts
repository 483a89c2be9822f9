// Program of resident-memory.test.ts: the size of a REQUEST, which block to KEEP, in which ORDER to
// free the others, how many BYTES to touch. Prints the resident memory before, with all blocks
// touched, and with all but one freed.

import { createPrivateHeap } from "@ouro/heap";
import { type Block, SMALL_REQUEST_LIMIT_BYTES } from "@ouro/interfaces";
import { createLargeBlockAllocator, createPoolAllocator } from "../src/index.js";

const [, , request, keep, order, touched] = process.argv;
const requestBytes = Number(request);
const blockCount = Number(touched) / requestBytes;

const heap = createPrivateHeap({ reservationBytes: 2 ** 30, backing: "resizable" });
const isSmall = requestBytes <= SMALL_REQUEST_LIMIT_BYTES;
const create = isSmall ? createPoolAllocator : createLargeBlockAllocator;
const allocator = create({ source: heap });
const blocks = new Float64Array(blockCount);
const baseBytes = process.memoryUsage.rss();

for (let index = 0; index < blockCount; index++) {
  const block = allocator.allocate(requestBytes);
  heap.words.fill(7, block, block + requestBytes / 4);
  blocks[index] = block;
}
blocks.sort();
const touchedBytes = process.memoryUsage.rss();

const kept = keep === "lowest" ? blocks[0]! : blocks[blockCount - 1]!;
if (order === "downwards") blocks.reverse();
for (const block of blocks) if (block !== kept) allocator.free(block as Block);
allocator.validate();
heap.validate();
const freedBytes = process.memoryUsage.rss();

const statistics = { heap: heap.statistics(), blocks: allocator.statistics() };
console.log(JSON.stringify({ baseBytes, touchedBytes, freedBytes, kept, ...statistics }));
