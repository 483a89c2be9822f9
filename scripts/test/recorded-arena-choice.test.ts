// The pool allocator and the naive model of CPython's rules on recorded programs: the same blocks
// and the same arenas at each event, in the order recorded, in slices put together anew, and
// shuffled; of those a share, and with OURO_LONG=1 all. It stands here because no package may know
// both the allocator's tests and the recordings: `trace` is tested on `allocator` already, and
// packages form no circle. `OURO_DATA` adds more recordings.

import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createPoolAllocator } from "../../packages/allocator/src/index.js";
import { createNaiveModel } from "../../packages/allocator/test/naive-model.js";
import { createPrivateHeap } from "../../packages/heap/src/index.js";
import {
  decodeTrace,
  OPERATION_CALLOC,
  OPERATION_FREE,
  OPERATION_MALLOC,
  OPERATION_MARK,
  OPERATION_MASK,
  type TraceEvents,
} from "../../packages/trace/src/index.js";

const { OURO_DATA } = process.env;
const shipped = fileURLToPath(new URL("../../apps/demo/traces", import.meta.url));

function recordingsIn(folder: string): string[] {
  const names = readdirSync(folder).filter((name) => name.endsWith(".altrace.gz"));
  return names.map((name) => join(folder, name));
}

const recordings = recordingsIn(OURO_DATA === undefined ? shipped : join(OURO_DATA, "traces"));

const LARGE = 0;
/** Programs put together of slices, for each recording. */
const SLICED_COUNT = process.env.OURO_LONG === "1" ? 40 : 4;

/**
 * Plays events on both. An id that was not made is passed over; sizes that are not the pool
 * allocator's are left out.
 */
function createPair() {
  const heap = createPrivateHeap({ reservationBytes: 2 ** 26 });
  const pools = createPoolAllocator({ source: heap });
  const model = createNaiveModel(heap.firstArenaIndex, heap.arenaCount);
  /** The block of each id; `LARGE` when it is not the pool allocator's. */
  const blocks = new Map<number, number>();

  function allocate(id: number, sizeBytes: number): void {
    const isSmall = sizeBytes > 0 && sizeBytes <= 512;
    const block = isSmall ? pools.allocate(sizeBytes) : LARGE;
    blocks.set(id, block);
    if (isSmall) compare(block, model.allocate(sizeBytes));
  }

  function free(id: number): void {
    const block = blocks.get(id);
    blocks.delete(id);
    if (block === undefined || block === LARGE) return;
    pools.free(block as never);
    model.free(block);
  }

  function reallocate(id: number, sizeBytes: number): void {
    const block = blocks.get(id);
    if (block === undefined || block === LARGE) return;
    if (sizeBytes === 0 || sizeBytes > 512) {
      free(id);
      blocks.set(id, LARGE);
      return;
    }
    const moved = pools.reallocate(block as never, sizeBytes);
    blocks.set(id, moved);
    compare(moved, model.reallocate(block, sizeBytes));
  }

  function compare(block: number, predicted: number): void {
    if (block !== predicted) throw new Error(`block ${block}, by the model ${predicted}`);
  }

  function expectSameArenas(): void {
    const lent: number[] = [];
    heap.walkArenas((arena) => lent.push(arena >>> 18));
    expect(lent).toEqual(model.lentArenas());
  }

  function play(events: TraceEvents, index: number, firstId: number): void {
    const operation = (events.kinds[index] as number) & OPERATION_MASK;
    const id = firstId + (events.ids[index] as number);
    const sizeBytes = events.sizesBytes[index] as number;
    if (operation === OPERATION_MARK) return;
    if (operation === OPERATION_MALLOC || operation === OPERATION_CALLOC) allocate(id, sizeBytes);
    else if (operation === OPERATION_FREE) free(id);
    else reallocate(id, sizeBytes);
  }

  function freeAll(): void {
    for (const id of [...blocks.keys()]) free(id);
  }

  return { play, freeAll, expectSameArenas, liveCount: () => blocks.size };
}

/** Indices [start, start + length), in an order that the seed gives; a seed of 0 keeps theirs. */
function shuffled(start: number, length: number, seed: number): number[] {
  const order = Array.from({ length }, (_, step) => start + step);
  let state = seed;
  for (let last = length - 1; last > 0 && seed !== 0; last--) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const other = state % (last + 1);
    [order[last], order[other]] = [order[other] as number, order[last] as number];
  }
  return order;
}

const slice = fc.record({
  start: fc.double({ min: 0, max: 1, noNaN: true }),
  length: fc.integer({ min: 200, max: 6000 }),
  shuffleSeed: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 2 ** 31 - 1 })),
});

describe.each(recordings.map((path) => ({ path, name: basename(path) })))(
  "on $name",
  ({ path }) => {
    const { events } = decodeTrace(readFileSync(path));

    it("puts each block of the recorded program where the naive model puts it", () => {
      const pair = createPair();
      for (let index = 0; index < events.eventCount; index++) {
        pair.play(events, index, 0);
        if (index % 4096 === 0) pair.expectSameArenas();
      }
      expect(pair.liveCount()).toBeGreaterThan(0);
      pair.freeAll();
      pair.expectSameArenas();
    }, 120_000);

    it("does so for slices of the recording, put together anew and shuffled", () => {
      const property = fc.property(fc.array(slice, { maxLength: 8, size: "max" }), (slices) => {
        const pair = createPair();
        slices.forEach(({ start, length, shuffleSeed }, place) => {
          const first = Math.floor(start * Math.max(0, events.eventCount - length));
          const count = Math.min(length, events.eventCount - first);
          for (const index of shuffled(first, count, shuffleSeed)) {
            pair.play(events, index, place * events.idCount);
          }
          pair.expectSameArenas();
        });
        pair.freeAll();
        pair.expectSameArenas();
      });
      fc.assert(property, { numRuns: SLICED_COUNT });
    }, 120_000);
  },
);
