// A shipped trace, every block's contents verified, on the allocators that the command cannot name:
// those that are made of others, told of, looked up at each call, or called as in C.

import { readFileSync } from "node:fs";
import {
  createAllocatorDomains,
  createLargeBlockAllocator,
  createMalloc,
  createPartedAllocator,
  createPoolAllocator,
  createSizeRouter,
  observedAllocator,
} from "@ouro/allocator";
import { createPrivateHeap } from "@ouro/heap";
import {
  type Allocator,
  addressOf,
  type Block,
  blockAt,
  EVENT_BLOCK_FREE,
  EVENT_BLOCK_REQUEST,
  type PrivateHeap,
} from "@ouro/interfaces";
import { expect, it } from "vitest";
import { createReplayer, decodeTrace } from "../src/index.js";

const file = new URL("../../../apps/demo/traces/bit_decoder.altrace.gz", import.meta.url);
const { events, footer } = decodeTrace(new Uint8Array(readFileSync(file)));

function parts() {
  const heap = createPrivateHeap({ reservationBytes: 32 * 2 ** 20 });
  const source = heap;
  const small = createPoolAllocator({ source });
  const large = createLargeBlockAllocator({ source });
  const router = createSizeRouter({ source, small, large });
  return { heap, source, small, large, router };
}

/** Every second block up to 512 bytes is a watched one. */
function halfWatched() {
  const { heap, source, small: other, large } = parts();
  const watched = createPoolAllocator({ source, name: "watched" });
  const parted = createPartedAllocator({ source, watched, other, large });
  let count = 0;
  const allocate = (requestBytes: number): Block =>
    count++ % 2 === 0 ? parted.tryAllocateWatched(requestBytes) : parted.allocate(requestBytes);
  const allocator: Allocator = { ...parted, allocate, tryAllocate: allocate };
  return { heap, allocator };
}

function observed() {
  const { heap, router } = parts();
  let liveCount = 0;
  const wants = [EVENT_BLOCK_REQUEST, EVENT_BLOCK_FREE] as const;
  const event = (code: number): void => {
    liveCount += code === EVENT_BLOCK_REQUEST ? 1 : -1;
  };
  const allocator = observedAllocator(router, { observer: { wants, event } });
  return { heap, allocator, liveCount: () => liveCount };
}

/** A hook is put in while blocks live, and one taken out again. */
function domains() {
  const { heap, router } = parts();
  const table = createAllocatorDomains({ raw: router, mem: router, obj: router });
  table.trace("obj", { wants: [], event: () => {} })();
  table.trace("obj", { wants: [EVENT_BLOCK_REQUEST], event: () => {} });
  return { heap, allocator: table.obj };
}

/** The calls of C in place of the allocator's own. */
function calledAsInC() {
  const { heap, router } = parts();
  const c = createMalloc({ memory: heap, allocator: router });
  const allocator: Allocator = {
    ...router,
    allocate: (requestBytes) => blockAt(c.malloc(requestBytes)),
    tryAllocate: (requestBytes) => blockAt(c.malloc(requestBytes)),
    allocateZeroed: (requestBytes) => blockAt(c.calloc(1, requestBytes)),
    reallocate: (block, requestBytes) => blockAt(c.realloc(addressOf(block), requestBytes)),
    free: (block) => c.free(addressOf(block)),
    usableSizeBytes: (block) => c.usableSize(addressOf(block)),
  };
  return { heap, allocator };
}

it.each([
  ["watched and other blocks apart", halfWatched],
  ["an observed allocator", observed],
  ["a domain with hooks", domains],
  ["the calls of C", calledAsInC],
])("A shipped trace keeps every block's contents on %s", (_, make) => {
  const made: { heap: PrivateHeap; allocator: Allocator; liveCount?: () => number } = make();
  const { heap, allocator, liveCount } = made;
  const replayer = createReplayer({ allocator, memory: heap, verify: true });
  replayer.run(events);
  expect(replayer.verifyLive()).toBe(0);
  const { endLiveBlockCount: liveBlockCount, peakLiveBytes } = footer;
  expect(replayer.figures()).toMatchObject({ liveBlockCount, peakLiveBytes, mismatchCount: 0 });
  expect(allocator.statistics().liveBlockCount).toBe(liveBlockCount);
  if (liveCount !== undefined) expect(liveCount()).toBe(liveBlockCount);
  replayer.freeAll();
  allocator.validate();
  allocator.trim?.();
  expect(heap.statistics().lentBytes).toBe(0);
});
