// The audit of an allocator against the model: books balanced to the byte, the walk, and what is
// lent in the end.

import { ARENA_SIZE_BYTES } from "@ouro/interfaces";
import { expectPromise } from "../promise.js";
import type { AllocatorModel } from "./allocator-model.js";

/** Holds the allocator to the model, as far as the property asks. O(heap). */
export function compareAllocator(model: AllocatorModel): void {
  const { allocator } = model;
  if (model.checks("validate")) {
    allocator.validate();
    model.heap.validate();
  }
  if (model.checks("accounting")) checkAccounting(model);
  if (model.checks("walk")) checkWalk(model);
}

function checkAccounting(model: AllocatorModel): void {
  const { subject, live, plainHeap } = model;
  const figures = model.allocator.statistics();
  let usedBytes = 0;
  for (const block of live.values()) usedBytes += block.usableBytes;
  const lent = plainHeap.statistics().lentBytes;
  const expectations: [what: string, actual: number, expected: number][] = [
    ["live blocks", figures.liveBlockCount, live.size],
    ["used bytes", figures.usedBytes, usedBytes],
    ["lent bytes", figures.lentBytes, lent],
    ["lent arenas", figures.lentArenaCount * ARENA_SIZE_BYTES, lent],
    ["overhead bytes", figures.overheadBytes, subject.overheadBytes?.() ?? figures.overheadBytes],
    [
      "used, free and overhead bytes together",
      figures.usedBytes + figures.freeBytes + figures.overheadBytes,
      lent,
    ],
  ];
  for (const [what, actual, expected] of expectations) {
    expectPromise(actual === expected, `${what}: ${actual}, by the model ${expected}`);
  }
  const top = model.order.reduce((highest, block) => Math.max(highest, block), 0);
  expectPromise((figures.topBlock?.block ?? 0) === top, `the top block is ${top}`);
}

function checkWalk(model: AllocatorModel): void {
  const expected = [...model.live].sort(([one], [other]) => one - other);
  let index = 0;
  model.allocator.walk((block, usableBytes) => {
    const [expectedBlock, known] = expected[index] ?? [undefined, undefined];
    expectPromise(block === expectedBlock, `the walk gives ${block} instead of ${expectedBlock}`);
    expectPromise(usableBytes === known?.usableBytes, `the walk gives a wrong size for ${block}`);
    expectPromise(model.allocator.owns(block), `the walk gives ${block}, which is not owned`);
    index++;
  });
  expectPromise(index === expected.length, `the walk gives ${index} of ${expected.length} blocks`);
}

/** With nothing live, only what is declared stays lent. */
export function checkReleased(model: AllocatorModel): void {
  const { lentArenaCount } = model.heap.statistics();
  const { keptArenaCount } = model.maker;
  model.notes.note("looks at what is kept");
  model.notes.note("arenas kept", lentArenaCount);
  expectPromise(
    lentArenaCount <= keptArenaCount,
    `${lentArenaCount} arenas are lent with no block live, ${keptArenaCount} may be kept`,
  );
  checkTrimmed(model);
}

/** Who can give back what is kept has nothing left then, and serves on. */
function checkTrimmed({ heap, allocator }: AllocatorModel): void {
  if (allocator.trim === undefined) return;
  allocator.trim();
  allocator.validate();
  const { lentArenaCount } = heap.statistics();
  expectPromise(
    lentArenaCount === 0,
    `${lentArenaCount} arenas are lent after trim, nothing lives`,
  );
  const block = allocator.allocate(16);
  allocator.trim();
  allocator.validate();
  expectPromise(allocator.owns(block), "a live block is gone after trim");
  allocator.free(block);
}
