// What an observer is told of each call, word by word.

import { createPrivateHeap } from "@ouro/heap";
import {
  EVENT_BLOCK_FREE,
  EVENT_BLOCK_REALLOCATE,
  EVENT_BLOCK_REQUEST,
  EVENT_REQUEST_REFUSE,
} from "@ouro/interfaces";
import { expect, it } from "vitest";
import {
  createBumpAllocator,
  createCheckedAllocator,
  createLargeBlockAllocator,
  createPoolAllocator,
  createSizeRouter,
  observedAllocator,
} from "../src/index.js";

function setUp(limitBytes = 2 ** 22) {
  const heap = createPrivateHeap({ reservationBytes: 2 ** 22, limitBytes });
  const small = createPoolAllocator({ source: heap });
  const large = createLargeBlockAllocator({ source: heap });
  const router = createSizeRouter({ source: heap, small, large });
  const seen: number[][] = [];
  const event = (code: number, a: number, b: number, c: number) => void seen.push([code, a, b, c]);
  return { heap, router, seen, observer: { event } };
}

it("an observer is told of a pool's block by its size class, and of a larger one by -1", () => {
  const { router, seen, observer } = setUp();
  const allocator = observedAllocator(router, { observer });
  const small = allocator.tryAllocate(512);
  const large = allocator.allocateZeroed(513);
  const moved = allocator.reallocate(small, 16);
  allocator.free(moved);
  allocator.free(large);
  expect(seen).toEqual([
    [EVENT_BLOCK_REQUEST, 512, 31, small],
    [EVENT_BLOCK_REQUEST, 513, -1, large],
    [EVENT_BLOCK_REALLOCATE, small, 16, moved],
    [EVENT_BLOCK_FREE, moved, 0, 16],
    [EVENT_BLOCK_FREE, large, -1, 520],
  ]);
});

it("an observer is told -1 of a small block whose size is no whole granules", () => {
  const { heap, seen, observer } = setUp();
  const checked = createCheckedAllocator(createBumpAllocator({ source: heap }), { source: heap });
  const allocator = observedAllocator(checked, { observer });
  const odd = allocator.allocate(40);
  const whole = allocator.allocate(48);
  const wide = allocator.allocate(1024);
  expect(seen).toEqual([
    [EVENT_BLOCK_REQUEST, 40, -1, odd],
    [EVENT_BLOCK_REQUEST, 48, 2, whole],
    [EVENT_BLOCK_REQUEST, 1024, -1, wide],
  ]);
});

it("an observer is told of each kind of call that memory refused, and of no other refusal", () => {
  const { router, seen, observer } = setUp(2 ** 20);
  const block = router.allocate(16);
  const limits = () => ({ lentBytes: 7, limitBytes: 8 });
  for (const options of [{ observer }, { observer, limits }]) {
    const allocator = observedAllocator(router, options);
    expect(allocator.tryAllocate(2 ** 20)).toBe(0);
    expect(() => allocator.allocate(2 ** 20 + 1)).toThrow("no room");
    expect(() => allocator.allocateZeroed(2 ** 20 + 2)).toThrow("no room");
    expect(() => allocator.reallocate(block, 2 ** 20 + 3)).toThrow("no room");
    expect(() => allocator.allocate(-1)).toThrow("requestBytes");
    expect(() => allocator.reallocate(block, -1)).toThrow("requestBytes");
    expect(() => allocator.free((block + 1) as never)).toThrow("not a live block");
  }
  const told = [0, 1, 2, 3].map((more) => 2 ** 20 + more);
  expect(seen).toEqual([
    ...told.map((requestBytes) => [EVENT_REQUEST_REFUSE, requestBytes, 0, 0]),
    ...told.map((requestBytes) => [EVENT_REQUEST_REFUSE, requestBytes, 7, 8]),
  ]);
});

it("an observer of one kind of event is told of that kind alone", () => {
  for (const code of [
    EVENT_BLOCK_REQUEST,
    EVENT_BLOCK_FREE,
    EVENT_BLOCK_REALLOCATE,
    EVENT_REQUEST_REFUSE,
  ] as const) {
    const { router, seen, observer } = setUp(2 ** 20);
    const allocator = observedAllocator(router, { observer: { ...observer, wants: [code] } });
    expect(allocator).not.toBe(router);
    allocator.free(allocator.reallocate(allocator.allocate(16), 40));
    allocator.tryAllocate(2 ** 20);
    expect(seen.map(([told]) => told)).toEqual([code]);
  }
});
