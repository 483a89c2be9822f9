// The property that ties the pool allocator to the naive model: after each operation both name the
// same block, and the same arenas are lent.

import type { PrivateHeap } from "@ouro/interfaces";
import { expectPromise } from "@ouro/testkit";
import fc from "fast-check";
import type { PoolAllocator } from "../src/index.js";
import { createNaiveModel } from "./naive-model.js";
import { newHeap, type Parts } from "./rigs.js";

export interface ChoiceCommand {
  readonly do: "allocate" | "free" | "reallocate";
  readonly sizeClass: number;
  readonly pick: number;
  /** In bulk, so that arenas fill and empty again. */
  readonly count: number;
}

export const ARENA_CHOICE = "puts each block where the naive model of CPython's rules puts it";

/** Mostly large blocks: 32 of them make a pool, 2048 an arena. */
const command: fc.Arbitrary<ChoiceCommand> = fc.record({
  do: fc.oneof(
    { weight: 4, arbitrary: fc.constant("allocate" as const) },
    { weight: 4, arbitrary: fc.constant("free" as const) },
    { weight: 1, arbitrary: fc.constant("reallocate" as const) },
  ),
  sizeClass: fc.oneof(
    { weight: 3, arbitrary: fc.integer({ min: 29, max: 31 }) },
    { weight: 1, arbitrary: fc.nat({ max: 31 }) },
  ),
  pick: fc.nat({ max: 99_999 }),
  count: fc.oneof(
    { weight: 1, arbitrary: fc.integer({ min: 1, max: 12 }) },
    { weight: 3, arbitrary: fc.integer({ min: 500, max: 2500 }) },
  ),
});

export function arenaChoiceProperty(parts: Parts): fc.IProperty<[ChoiceCommand[]]> {
  return fc.property(
    fc.array(command, { minLength: 6, maxLength: 24, size: "max" }),
    (commands) => {
      const heap = newHeap();
      playChoices(heap, parts.createPoolAllocator({ source: heap }), commands);
    },
  );
}

function playChoices(
  heap: PrivateHeap,
  pools: PoolAllocator,
  commands: readonly ChoiceCommand[],
): void {
  const model = createNaiveModel(heap.firstArenaIndex, heap.arenaCount);
  const live: number[] = [];
  for (const { do: kind, sizeClass, pick, count } of commands) {
    for (let step = 0; step < count; step++) {
      const requestBytes = (sizeClass + 1) * 16 - (step % 16);
      // Neighbours are freed together: that is what empties pools and arenas.
      const place = (pick + step * (pick % 3)) % Math.max(1, live.length);
      if (kind === "allocate") {
        const block = pools.tryAllocate(requestBytes);
        expectSame("allocate", block, model.allocate(requestBytes));
        if (block !== 0) live.push(block);
      } else if (live.length > 0 && kind === "free") {
        const [block] = live.splice(place, 1) as [number];
        pools.free(block as never);
        model.free(block);
      } else if (live.length > 0 && step < 40) {
        const block = live[place] as number;
        const moved = pools.reallocate(block as never, requestBytes);
        expectSame("reallocate", moved, model.reallocate(block, requestBytes));
        live[place] = moved;
      }
    }
    expectSameArenas(heap, pools.borrower, model.lentArenas());
  }
}

function expectSame(call: string, block: number, predicted: number): void {
  expectPromise(block === predicted, `${call} gives ${block}, by the model ${predicted}`);
}

export function expectSameArenas(
  heap: PrivateHeap,
  borrower: number,
  predicted: readonly number[],
): void {
  const lent: number[] = [];
  for (let index = heap.firstArenaIndex; index < heap.arenaCount; index++) {
    if (heap.words[heap.arenaTable + index] === borrower) lent.push(index);
  }
  expectPromise(
    lent.join() === predicted.join(),
    `arenas ${lent} are lent, by the model ${predicted}`,
  );
}
