import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { createPrivateHeap } from "@ouro/heap";
import { type Block, EVENT_POOL_RELEASE, EVENT_POOL_TAKE, type Observer } from "@ouro/interfaces";
import { afterEach, expect, test } from "vitest";
import { createLargeBlockAllocator, createPoolAllocator } from "../src/index.js";
import { viewOf } from "./shared-view.js";

const loader = new URL("../../../scripts/from-sources.mjs", import.meta.url).href;
let worker: Worker | undefined;

afterEach(async () => {
  await worker?.terminate();
  worker = undefined;
});

/** Frees blocks in the worker while the owner is quiet, and gives what the worker sees then. */
async function ask(buffer: ArrayBufferLike, blocks: Block[]): Promise<ReturnType<typeof viewOf>> {
  worker ??= new Worker(new URL("./shared-worker.ts", import.meta.url), {
    workerData: buffer,
    execArgv: ["--import", loader],
  });
  const answer = once(worker, "message");
  worker.postMessage(blocks);
  return (await answer)[0];
}

test("a worker that opens the shared buffer sees, and may free, its owner's blocks", async () => {
  const heap = createPrivateHeap({ reservationBytes: 16 * 2 ** 20, backing: "shared" });
  const pools = createPoolAllocator({ source: heap });
  const large = createLargeBlockAllocator({ source: heap });
  const blocks: Block[] = [];
  for (let index = 0; index < 3000; index++) {
    const requestBytes = 1 + ((index * 97) % 700);
    const block = (requestBytes <= 512 ? pools : large).allocate(requestBytes);
    heap.words[block] = index;
    blocks.push(block);
  }
  blocks.push(large.allocate(3 * 2 ** 20));
  for (let index = 0; index < 3000; index += 3) {
    const block = blocks[index]!;
    (pools.owns(block) ? pools : large).free(block);
  }
  const isLive = (_: Block, index: number) => index % 3 !== 0 || index === 3000;
  const live = blocks.filter(isLive);

  const before = viewOf(heap, [pools, large]);
  expect(before.parts.map((part) => part.blocks.length).reduce((a, b) => a + b)).toBe(live.length);
  expect(await ask(heap.words.buffer, [])).toEqual(before);
  expect(viewOf(heap, [pools, large])).toEqual(before);

  const view = await ask(heap.words.buffer, live.slice(1));
  expect(viewOf(heap, [pools, large])).toEqual(view);
  expect(view.parts.flatMap((part) => part.blocks)).toEqual([[live[0], 112, 1]]);
  expect(pools.allocate(98)).not.toBe(live[0]);
});

// A pool that comes empty in a thread where nobody listens waits in its list. The thread that gives
// it back has an observer, who was told that it was taken.
test("an observer hears of a pool that another thread left and its own gives back", async () => {
  const heap = createPrivateHeap({ reservationBytes: 4 * 2 ** 20, backing: "shared" });
  const seen: number[][] = [];
  const observer: Observer = {
    wants: [EVENT_POOL_TAKE, EVENT_POOL_RELEASE],
    event: (code: number, pool: number) => seen.push([code, pool]),
  };
  const pools = createPoolAllocator({ source: heap, observer });
  // One more pool of the arena is in use: a wholly free arena's pools do not wait.
  const kept = pools.allocate(256);
  const block = pools.allocate(512);
  expect((await ask(heap.words.buffer, [block])).parts[0]?.blocks).toEqual([[kept, 256, 0]]);
  expect(seen).toEqual([kept, block].map((pool) => [EVENT_POOL_TAKE, pool]));
  const other = pools.allocate(16);
  expect(other).toBe(block);
  expect(seen.slice(2)).toEqual([
    [EVENT_POOL_RELEASE, block],
    [EVENT_POOL_TAKE, block],
  ]);
  pools.validate();
  expect(await ask(heap.words.buffer, [])).toEqual(
    viewOf(heap, [pools, createLargeBlockAllocator({ source: heap })]),
  );
});
