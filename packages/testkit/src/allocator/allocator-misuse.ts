// Wrong calls among right ones: numbers that name no block, sizes that are none, writes past a
// block's end. The right answer is an error of the right kind, and a heap of which no word changed.

import { ARENA_SIZE_WORDS, type Block } from "@ouro/interfaces";
import { expectPromise } from "../promise.js";
import { type AllocatorModel, pickBlock, refusalOf } from "./allocator-model.js";
import type { AllocatorMaker } from "./allocator-subject.js";

/** All three calls that take a block refuse these numbers as `expected`; answers the kinds. */
export function expectRefusals(
  model: AllocatorModel,
  numbers: readonly number[],
  expected: string,
): string[] {
  const { allocator } = model;
  const kinds: string[] = [];
  model.remember();
  for (const number of numbers) {
    const block = number as Block;
    expectPromise(!allocator.owns(block), `owns(${block}) is true`);
    for (const call of ["free", "reallocate", "usableSizeBytes"] as const) {
      const kind = refusalOf(() => allocator[call](block, 100));
      kinds.push(kind);
      expectPromise(
        expected.split(" or ").includes(kind),
        `${call}(${block}) ended as ${kind}, not as ${expected}`,
      );
    }
  }
  model.expectUnchanged("a refused call");
  return kinds;
}

/** Numbers that name no block: inside a block, of other owners, out of range, of no integer. */
export function misuse(model: AllocatorModel, pick: number, offset: number): void {
  const { heap, maker } = model;
  const block = pickBlock(model, pick);
  const numbers = [
    0,
    -4,
    -(2 ** 31),
    1.5,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    heap.arenaTable,
    heap.firstArenaIndex * ARENA_SIZE_WORDS - 4,
    heap.arenaCount * ARENA_SIZE_WORDS,
    heap.arenaCount * ARENA_SIZE_WORDS + 64,
    2 ** 31,
    2 ** 32 + 64,
  ];
  if (block !== undefined) {
    const sizeWords = (model.live.get(block)?.usableBytes ?? 0) / 4;
    const inside = 1 + (offset % Math.max(1, sizeWords - 1));
    if (sizeWords > 1) numbers.push(block + inside, block + 0.5, block + 2 ** 32);
    if (sizeWords > 4) numbers.push(block + 4);
    numbers.push(-block);
  }
  expectRefusals(model, numbers, "invalid-address");
  // A block of another heap, at a place where none lives here.
  const foreign = foreignBlock(maker, offset % 500);
  if (!model.live.has(foreign) && heap.words[heap.arenaTable + (foreign >>> 18)] === 0) {
    const wasHere = maker.forgetsFreed === true ? " or double-free" : "";
    expectRefusals(model, [foreign], `invalid-address${wasHere}`);
  }
  const badSizes = [-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 33];
  model.remember();
  for (const requestBytes of badSizes) {
    for (const call of ["allocate", "tryAllocate", "allocateZeroed"] as const) {
      const kind = refusalOf(() => model.allocator[call](requestBytes));
      expectPromise(kind === "usage", `${call}(${requestBytes}) ended as ${kind}`);
    }
    if (block === undefined) continue;
    const kind = refusalOf(() => model.allocator.reallocate(block, requestBytes));
    expectPromise(kind === "usage", `reallocate to ${requestBytes} bytes ended as ${kind}`);
  }
  model.expectUnchanged("a request of a bad size");
}

/** Frees what is free, and what lies inside blocks; what comes of it, later placements show. */
export function freeWrongly(model: AllocatorModel, pick: number, offset: number): void {
  const { allocator, freed, live } = model;
  const numbers = freed.slice(-8);
  const block = pickBlock(model, pick);
  if (block !== undefined) numbers.push(block + 4, block + (offset & ~3), block - 4);
  for (const number of numbers) {
    if (live.has(number as Block)) continue;
    refusalOf(() => allocator.free(number as Block));
    refusalOf(() => allocator.reallocate(number as Block, offset));
  }
}

/** A large block's header ends where the block begins: a write past the block before changes it. */
export function overrun(model: AllocatorModel, pick: number): void {
  const block = pickBlock(model, pick);
  if (block === undefined) return;
  const { allocator, heap, maker, acts } = model;
  const { overrunKind } = maker;
  const hasHeader = (model.live.get(block)?.usableBytes ?? 0) % 16 === 8;
  if (overrunKind === undefined || (!hasHeader && overrunKind === "heap-corruption")) return;
  const mark = heap.words[block - 1] as number;
  heap.words[block - 1] = mark + 1;
  acts?.addBefore(block, 1);
  for (const call of ["free", "reallocate", "usableSizeBytes"] as const) {
    model.remember();
    const kind = refusalOf(() => allocator[call](block, 100));
    expectPromise(kind === overrunKind, `${call} with a changed header ended as ${kind}`);
    model.expectUnchanged(`${call} with a changed header`);
  }
  heap.words[block - 1] = mark;
  acts?.addBefore(block, -1);
}

function foreignBlock(maker: AllocatorMaker, requestBytes: number): Block {
  const { allocator } = maker.make();
  return allocator.allocate(Math.min(requestBytes, allocator.requestLimitBytes));
}
