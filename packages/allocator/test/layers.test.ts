// The observed and the asserted layer: what they tell, what they catch, and that they vanish.

import { createPrivateHeap } from "@ouro/heap";
import {
  type Allocator,
  AssertionError,
  type Block,
  EVENT_ARENA_RESERVE,
  EVENT_BLOCK_FREE,
  EVENT_BLOCK_REQUEST,
  EVENT_POOL_RELEASE,
  EVENT_POOL_TAKE,
  EVENT_REQUEST_REFUSE,
  EVENTS,
  type Observer,
} from "@ouro/interfaces";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as parts from "../src/index.js";
import { assertedAllocator, createPoolAllocator, observedAllocator } from "../src/index.js";
import { WAITING_OBSERVED, waitingObservedProperty } from "./waiting-observed.js";

function record(wants?: Observer["wants"]): { observer: Observer; seen: number[][] } {
  const seen: number[][] = [];
  const event: Observer["event"] = (code, a, b, c) => void seen.push([code, a, b, c]);
  return { observer: wants === undefined ? { event } : { wants, event }, seen };
}

function poolsOf(observer?: Observer, limitBytes = 2 ** 21) {
  const options = observer === undefined ? {} : { observer };
  const heap = createPrivateHeap({ reservationBytes: 2 ** 23, limitBytes, ...options });
  return { heap, pools: createPoolAllocator({ source: heap, ...options }) };
}

describe("an observed allocator", () => {
  it("tells of arena, pool, request and free, in the order in which they happen", () => {
    const { observer, seen } = record();
    const { heap, pools } = poolsOf(observer);
    const allocator = observedAllocator(pools, { observer, limits: heap.statistics });
    const block = allocator.allocate(40);
    allocator.free(block);
    expect(seen.map(([code]) => EVENTS[(code as number) - 1]?.name)).toEqual([
      "arena-reserve",
      "pool-take",
      "block-request",
      "pool-release",
      "block-free",
    ]);
    expect(seen[2]).toEqual([EVENT_BLOCK_REQUEST, 40, 2, block]);
    expect(seen[4]).toEqual([EVENT_BLOCK_FREE, block, 2, 48]);
  });

  it("asks what the observer wants when the parts are made, and never again", () => {
    const { observer, seen } = record();
    let askedCount = 0;
    const asked: Observer = {
      event: observer.event,
      get wants() {
        askedCount++;
        return [EVENT_POOL_TAKE, EVENT_POOL_RELEASE, EVENT_BLOCK_FREE] as const;
      },
    };
    const allocator = observedAllocator(poolsOf(asked).pools, { observer: asked });
    const countWhenMade = askedCount;
    allocator.free(allocator.allocate(40));
    expect(seen.map(([code]) => code)).toEqual([
      EVENT_POOL_TAKE,
      EVENT_POOL_RELEASE,
      EVENT_BLOCK_FREE,
    ]);
    expect(askedCount).toBe(countWhenMade);
  });

  it("is the allocator itself when the observer wants none of its events", () => {
    const { observer } = record([EVENT_ARENA_RESERVE]);
    const { pools } = poolsOf();
    expect(observedAllocator(pools, { observer })).toBe(pools);
    expect(observedAllocator(pools, { observer: undefined })).toBe(pools);
  });

  it("finds a valid allocator when it hears that a pool was taken or released", () => {
    let pools: Allocator | undefined;
    let heardCount = 0;
    const observer: Observer = {
      wants: [EVENT_POOL_TAKE, EVENT_POOL_RELEASE],
      event: () => {
        heardCount++;
        pools?.validate();
      },
    };
    pools = poolsOf(observer).pools;
    const blocks = Array.from({ length: 100 }, () => pools?.allocate(512) as Block);
    for (const block of blocks) pools.free(block);
    expect(heardCount).toBe(8);
  });

  it("tells of a refused request with what is lent and the limit", () => {
    const { observer, seen } = record([EVENT_REQUEST_REFUSE]);
    const { heap, pools } = poolsOf(undefined, 0);
    const allocator = observedAllocator(pools, { observer, limits: heap.statistics });
    expect(allocator.tryAllocate(16)).toBe(0);
    expect(() => allocator.allocate(16)).toThrow("no room");
    expect(seen).toEqual([
      [EVENT_REQUEST_REFUSE, 16, 0, 0],
      [EVENT_REQUEST_REFUSE, 16, 0, 0],
    ]);
  });
});

it(`the pool allocator ${WAITING_OBSERVED}`, () => {
  fc.assert(waitingObservedProperty(parts), { numRuns: Number(process.env.OURO_RUNS ?? 100) });
});

describe("an asserted allocator", () => {
  it("is the allocator itself at level off", () => {
    const { pools } = poolsOf();
    expect(assertedAllocator(pools, "off")).toBe(pools);
  });

  it("passes what is right at every level", () => {
    for (const level of ["cheap", "expensive"] as const) {
      const allocator = assertedAllocator(poolsOf().pools, level);
      const block = allocator.reallocate(allocator.allocateZeroed(10), 300);
      allocator.free(block);
      expect(allocator.statistics().liveBlockCount).toBe(0);
    }
  });

  it("catches an allocator that gives a block it does not own", () => {
    const { pools } = poolsOf();
    const wrong: Allocator = { ...pools, allocate: () => 262144 as Block };
    expect(() => assertedAllocator(wrong, "cheap").allocate(16)).toThrow(AssertionError);
  });

  it("catches at level expensive what only validate can see", () => {
    const { heap, pools } = poolsOf();
    const block = pools.allocate(16);
    const asserted = assertedAllocator(pools, "expensive");
    heap.words[heap.arenaTable + heap.firstArenaIndex] = 0;
    expect(() => asserted.free(block)).toThrow("broken");
  });
});
