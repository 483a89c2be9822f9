import { createPrivateHeap } from "@ouro/heap";
import { type Block, DoubleFreeError, InvalidAddressError, UsageError } from "@ouro/interfaces";
import { describe, expect, it } from "vitest";
import { createLargeBlockAllocator, createPoolAllocator, createSizeRouter } from "../src/index.js";

function setUp() {
  const heap = createPrivateHeap({ reservationBytes: 2 ** 23 });
  const small = createPoolAllocator({ source: heap });
  const large = createLargeBlockAllocator({ source: heap });
  return { heap, small, large, router: createSizeRouter({ source: heap, small, large }) };
}

describe("the size router", () => {
  it("sends 1 to 512 bytes to the pools and more to the large allocator", () => {
    const { small, large, router } = setUp();
    for (const requestBytes of [1, 16, 511, 512]) {
      expect(small.owns(router.allocate(requestBytes))).toBe(true);
    }
    for (const requestBytes of [513, 100_000]) {
      expect(large.owns(router.allocate(requestBytes))).toBe(true);
    }
    expect(small.owns(router.allocateZeroed(512))).toBe(true);
    expect(large.owns(router.tryAllocate(513))).toBe(true);
  });

  it("sends size 0 to the large allocator, as CPython falls through to libc", () => {
    const { large, router } = setUp();
    const [one, two] = [router.allocate(0), router.allocate(0)];
    expect(one).not.toBe(two);
    expect(large.owns(one)).toBe(true);
  });

  it("frees each block where it belongs", () => {
    const { heap, router } = setUp();
    const blocks = [10, 1000, 512, 513, 0].map((size) => router.allocate(size));
    for (const block of blocks) router.free(block);
    expect(router.statistics().liveBlockCount).toBe(0);
    expect(heap.statistics().lentArenaCount).toBe(1);
    router.validate();
  });

  it("moves a small block that grows beyond 512 bytes, with its contents", () => {
    const { heap, large, router } = setUp();
    const block = router.allocate(100);
    heap.words.fill(9, block, block + 25);
    const moved = router.reallocate(block, 600);
    expect(large.owns(moved)).toBe(true);
    expect(router.owns(block)).toBe(false);
    expect([...heap.words.subarray(moved, moved + 25)]).toEqual(new Array(25).fill(9));
  });

  it("keeps a large block large when it shrinks to 512 bytes or fewer", () => {
    const { large, router } = setUp();
    const block = router.allocate(600);
    expect(router.reallocate(block, 100)).toBe(block);
    expect(large.owns(block)).toBe(true);
  });

  it("moves a small block that shrinks to 0 to the large allocator, as CPython does", () => {
    const { large, router } = setUp();
    const block = router.allocate(64);
    expect(large.owns(router.reallocate(block, 0))).toBe(true);
    expect(router.statistics().liveBlockCount).toBe(1);
  });

  it("walks both in one address order and adds their figures", () => {
    const { heap, router } = setUp();
    const blocks = [10, 400_000, 20, 900_000, 30].map((size) => router.allocate(size));
    const walked: Block[] = [];
    router.walk((block) => walked.push(block));
    expect(walked).toEqual([...blocks].sort((one, other) => one - other));
    const { usedBytes, freeBytes, overheadBytes, lentBytes, topBlock } = router.statistics();
    expect(usedBytes + freeBytes + overheadBytes).toBe(lentBytes);
    expect(lentBytes).toBe(heap.statistics().lentBytes);
    expect(topBlock?.block).toBe(Math.max(...blocks));
  });

  it("refuses what is no size in its own name and with its own limit", () => {
    const { router } = setUp();
    const blocks = [router.allocate(24), router.allocate(5000)] as const;
    const isOwn = /^router: requestBytes .* is not a whole number from 0 to 4294967232/;
    for (const size of [2 ** 32 + 5, undefined, "24", -1, 1.5, Number.NaN] as number[]) {
      expect(() => router.allocate(size)).toThrow(isOwn);
      expect(() => router.tryAllocate(size)).toThrow(isOwn);
      expect(() => router.allocateZeroed(size)).toThrow(isOwn);
      for (const block of blocks) expect(() => router.reallocate(block, size)).toThrow(isOwn);
    }
    router.validate();
  });

  it("names an option that is missing or unknown", () => {
    const { heap, small, large } = setUp();
    const make = (options: unknown) => () => createSizeRouter(options as never);
    expect(make(undefined)).toThrow(/^createSizeRouter: option source is missing/);
    expect(make({ source: heap, small })).toThrow(/option large is missing/);
    expect(make({ source: heap, small, large, nam: "x" })).toThrow(
      /option nam is not known. Options: source, small, large, name/,
    );
  });

  it("refuses double frees, foreign numbers and bad sizes", () => {
    const { router } = setUp();
    const [small, large] = [router.allocate(100), router.allocate(1000)];
    for (const block of [small, large]) {
      expect(() => router.free((block + 4) as Block)).toThrow(InvalidAddressError);
      for (const size of [-1, 1.5, Number.NaN, 2 ** 33]) {
        expect(() => router.reallocate(block, size)).toThrow(UsageError);
        expect(() => router.allocate(size)).toThrow(UsageError);
      }
      router.allocate(16);
      router.free(block);
    }
    expect(() => router.free(small)).toThrow(DoubleFreeError);
    for (const number of [0, -4, 2 ** 31, Number.NaN]) {
      expect(() => router.free(number as Block)).toThrow(InvalidAddressError);
    }
    router.validate();
  });
});

describe.each([
  ["createPoolAllocator", createPoolAllocator],
  ["createLargeBlockAllocator", createLargeBlockAllocator],
])("%s", (factory, create) => {
  it("names an option that is missing or unknown, and borrows nothing", () => {
    const { heap } = setUp();
    const make = (options: unknown) => () => create(options as never);
    for (const options of [undefined, null, {}]) {
      expect(make(options)).toThrow(UsageError);
      expect(make(options)).toThrow(`${factory}: option source is missing`);
    }
    const before = heap.statistics();
    expect(make({ source: heap, nmae: "x" })).toThrow(/option nmae is not known. Options: source/);
    expect(heap.statistics()).toEqual(before);
  });
});
