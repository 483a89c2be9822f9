// What the asserted layer says of an allocator that is wrong in one answer.

import { createPrivateHeap } from "@ouro/heap";
import { type Allocator, AssertionError, type Block } from "@ouro/interfaces";
import { expect, it } from "vitest";
import { assertedAllocator, createLargeBlockAllocator, createPoolAllocator } from "../src/index.js";

function poolsOf() {
  return createPoolAllocator({ source: createPrivateHeap({ reservationBytes: 2 ** 22 }) });
}

it.each<
  [
    what: string,
    wrong: (pools: Allocator, owned: Block) => Partial<Allocator>,
    act: (asserted: Allocator, owned: Block) => void,
    said: string,
  ]
>([
  [
    "a block at word 0",
    () => ({ allocate: () => 0 as Block, owns: () => true }),
    (asserted) => void asserted.allocate(16),
    "a block is not at word 0",
  ],
  [
    "a block inside a granule",
    (_, owned) => ({ tryAllocate: () => (owned + 2) as Block, owns: () => true }),
    (asserted) => void asserted.tryAllocate(16),
    "a block is aligned to a granule",
  ],
  [
    "a block that does not live",
    (_, owned) => ({ allocateZeroed: () => (owned + 4) as Block }),
    (asserted) => void asserted.allocateZeroed(16),
    "a block just given is live",
  ],
  [
    "a block that is too small",
    (_, owned) => ({ allocate: () => owned }),
    (asserted) => void asserted.allocate(17),
    "a block holds its request",
  ],
  [
    "a block that moved and lives on",
    (pools) => ({ reallocate: () => pools.allocate(32) }),
    (asserted, owned) => void asserted.reallocate(owned, 32),
    "a moved block is free at its old place",
  ],
  [
    "a block that was freed and lives on",
    () => ({ free: () => {} }),
    (asserted, owned) => asserted.free(owned),
    "a freed block is not live",
  ],
])("an asserted allocator tells of %s", (_, wrong, act, said) => {
  for (const level of ["cheap", "expensive"] as const) {
    const pools = poolsOf();
    const owned = pools.allocate(16);
    const asserted = assertedAllocator({ ...pools, ...wrong(pools, owned) }, level);
    expect(() => act(asserted, owned)).toThrow(AssertionError);
    expect(() => act(asserted, owned)).toThrow(said);
  }
});

it("an asserted allocator passes a block of just the size, one that stays, and a refusal", () => {
  const asserted = assertedAllocator({ ...poolsOf() }, "expensive");
  const block = asserted.allocate(16);
  expect(asserted.reallocate(block, 12)).toBe(block);
  const refusing = assertedAllocator({ ...poolsOf(), tryAllocate: () => 0 as Block }, "cheap");
  expect(refusing.tryAllocate(16)).toBe(0);
});

it("an asserted allocator validates after each call that changes something, if expensive", () => {
  const calls: [name: string, act: (asserted: Allocator, block: Block) => void][] = [
    ["allocate", (asserted) => void asserted.allocate(16)],
    ["tryAllocate", (asserted) => void asserted.tryAllocate(16)],
    ["allocateZeroed", (asserted) => void asserted.allocateZeroed(16)],
    ["reallocate", (asserted, block) => void asserted.reallocate(block, 100)],
    ["free", (asserted, block) => asserted.free(block)],
    ["trim", (asserted) => asserted.trim?.()],
    ["owns", (asserted, block) => void asserted.owns(block)],
  ];
  const counted = (level: "cheap" | "expensive") =>
    calls.map(([name, act]) => {
      const below = poolsOf();
      let count = 0;
      const validate = (): void => void count++;
      const block = below.allocate(16);
      act(assertedAllocator({ ...below, validate }, level), block);
      return `${name} ${count}`;
    });
  const names = calls.map(([name]) => name);
  expect(counted("cheap")).toEqual(names.map((name) => `${name} 0`));
  expect(counted("expensive")).toEqual(names.map((name) => `${name} ${name === "owns" ? 0 : 1}`));
});

it("an asserted allocator gives back what the one inside keeps, if that can be asked to", () => {
  const heap = createPrivateHeap({ reservationBytes: 2 ** 22 });
  const asserted = assertedAllocator(createPoolAllocator({ source: heap }), "cheap");
  asserted.free(asserted.allocate(16));
  expect(heap.statistics().lentArenaCount).toBe(1);
  asserted.trim?.();
  expect(heap.statistics().lentArenaCount).toBe(0);
  const large = createLargeBlockAllocator({ source: heap });
  expect("trim" in assertedAllocator(large, "cheap")).toBe(false);
});

it("an asserted allocator is refused at a level that there is not", () => {
  expect(() => assertedAllocator(poolsOf(), "cheep" as never)).toThrow(
    'assertedAllocator: level "cheep" is no assertion level. Choose from off, cheap, expensive.',
  );
});
