// Worker of shared-memory.test.ts: opens the heap and the allocators in the buffer it was sent, and
// answers each message with what it sees. It frees the blocks that the message names first.

import { parentPort, workerData } from "node:worker_threads";
import { openPrivateHeap } from "@ouro/heap";
import type { Block } from "@ouro/interfaces";
import { createLargeBlockAllocator, createPoolAllocator } from "../src/index.js";
import { viewOf } from "./shared-view.js";

const heap = openPrivateHeap(workerData);
const pools = createPoolAllocator({ source: heap });
const large = createLargeBlockAllocator({ source: heap });

parentPort!.on("message", (blocks: Block[]) => {
  for (const block of blocks) (pools.owns(block) ? pools : large).free(block);
  parentPort!.postMessage(viewOf(heap, [pools, large]));
});
