// What the calls of C refuse, in whose name, and what they leave as it was.

import { createPrivateHeap } from "@ouro/heap";
import { type Allocator, type Block, HeapCorruptionError } from "@ouro/interfaces";
import { expect, it } from "vitest";
import {
  createLargeBlockAllocator,
  createMalloc,
  createPoolAllocator,
  createSizeRouter,
} from "../src/index.js";

function setUp(change: (allocator: Allocator) => Partial<Allocator> = () => ({})) {
  const heap = createPrivateHeap({ reservationBytes: 2 ** 22 });
  const small = createPoolAllocator({ source: heap });
  const large = createLargeBlockAllocator({ source: heap });
  const router = createSizeRouter({ source: heap, small, large });
  const allocator = { ...router, ...change(router) };
  return { heap, router, calls: createMalloc({ memory: heap, allocator }) };
}

it("each call is refused in its own name", () => {
  const { calls } = setUp();
  const address = calls.malloc(100);
  const array = calls.mallocAs("u8", 8) as Uint8Array;
  const isSize = (call: string): string => `${call}: sizeBytes -1 is not a whole number`;
  for (const [call, act] of [
    ["malloc", () => calls.malloc(-1)],
    ["calloc", () => calls.calloc(-1, 1)],
    ["calloc", () => calls.calloc(1, -1)],
    ["realloc", () => calls.realloc(address, -1)],
    ["mallocAs", () => calls.mallocAs("u8", -1)],
    ["callocAs", () => calls.callocAs("u8", -1)],
    ["reallocArray", () => calls.reallocArray(array, -1)],
  ] as const) {
    expect(act, call).toThrow(isSize(call));
  }
  const lives = (call: string) =>
    expect.objectContaining({ where: call, address: 8, expected: "an address that lives" });
  expect(() => calls.realloc(8, 1)).toThrow(lives("realloc"));
  expect(() => calls.free(8)).toThrow(lives("free"));
  expect(() => calls.usableSize(8)).toThrow(lives("usableSize"));
  expect(() => calls.usableSize(0)).toThrow("usableSize: ");
  expect(() => calls.usableSize(-16)).toThrow("usableSize: ");
  expect(() => calls.free(address + 32)).toThrow("pools.free: ");
});

it("arrays are refused with what to give instead", () => {
  const { calls } = setUp();
  const foreign = new Uint8Array(16);
  const text = ": the array lies in another memory. Give an array that mallocAs gave.";
  expect(() => calls.free(foreign)).toThrow(`free${text}`);
  expect(() => calls.reallocArray(foreign, 3)).toThrow(`reallocArray${text}`);
  const types = "i8, u8, u8c, i16, u16, i32, u32, f32, f64, i64, u64";
  for (const call of ["mallocAs", "callocAs"] as const) {
    expect(() => calls[call]("f16" as never, 1)).toThrow(
      `${call}: type "f16" is no element type. Choose from ${types}.`,
    );
  }
});

it("the limit itself is asked for below, and what is larger is not", () => {
  const asked: number[] = [];
  const { heap, calls } = setUp(() => ({
    requestLimitBytes: 1000,
    tryAllocate: (requestBytes) => {
      asked.push(requestBytes);
      return 0 as Block;
    },
    usableSizeBytes: () => 16,
    reallocate: (block, requestBytes) => {
      asked.push(requestBytes);
      return block;
    },
  }));
  expect([calls.malloc(1000), calls.malloc(1001)]).toEqual([0, 0]);
  expect([calls.realloc(160, 1000), calls.realloc(160, 1001)]).toEqual([160, 0]);
  expect(asked).toEqual([1000, 1000]);
  const view = new Uint8Array(heap.bytes.buffer, 160, 8);
  expect(calls.reallocArray(view, 1001)).toBeUndefined();
});

it("a size beyond all leaves a block that lives, and one that does not is refused", () => {
  const { calls } = setUp();
  const [address, freed] = [calls.malloc(100), calls.malloc(100)];
  calls.free(freed);
  expect(() => calls.realloc(freed, 2 ** 40)).toThrow(/already free/);
  expect(calls.realloc(address, 2 ** 40)).toBe(0);
  expect(calls.usableSize(address)).toBe(112);
  expect([calls.mallocAs("u8", 2 ** 30), calls.callocAs("u8", 2 ** 30)]).toEqual([
    undefined,
    undefined,
  ]);
});

it("a call that finds the heap broken says so, and that is no lack of room", () => {
  const broken = new HeapCorruptionError({ structure: "test", word: 1, problem: "broken" });
  const { calls } = setUp(() => ({
    reallocate: () => {
      throw broken;
    },
  }));
  const address = calls.malloc(100);
  expect(() => calls.realloc(address, 200)).toThrow(broken);
});

it("calloc clears all of its elements where others wrote, and nothing behind them", () => {
  const { heap, calls } = setUp();
  const [address, behind] = [calls.malloc(96), calls.malloc(96)];
  heap.bytes.fill(0xa5, address, address + 96);
  heap.bytes.fill(0xa5, behind, behind + 96);
  calls.free(address);
  expect(calls.calloc(3, 32)).toBe(address);
  expect(heap.bytes.subarray(address, address + 96).every((byte) => byte === 0)).toBe(true);
  expect(heap.bytes.subarray(behind, behind + 96).every((byte) => byte === 0xa5)).toBe(true);
  heap.bytes.fill(0xa5, address, address + 96);
  calls.free(address);
  expect(calls.callocAs("u16", 44)?.byteOffset).toBe(address);
  expect(heap.bytes.subarray(address, address + 88).every((byte) => byte === 0)).toBe(true);
  expect(heap.bytes[address + 88]).toBe(0xa5);
});

it("a view has as many elements of its type as were asked for, and room for them", () => {
  const { calls } = setUp();
  const kinds = {
    i8: Int8Array,
    u8: Uint8Array,
    u8c: Uint8ClampedArray,
    i16: Int16Array,
    u16: Uint16Array,
    i32: Int32Array,
    u32: Uint32Array,
    f32: Float32Array,
    f64: Float64Array,
    i64: BigInt64Array,
    u64: BigUint64Array,
  } as const;
  for (const [type, kind] of Object.entries(kinds) as [keyof typeof kinds, unknown][]) {
    const array = calls.mallocAs(type, 100);
    expect(array).toBeInstanceOf(kind);
    expect(array).toHaveLength(100);
    const usableBytes = calls.usableSize(array?.byteOffset ?? 0);
    const neededBytes = 100 * (array?.BYTES_PER_ELEMENT ?? 0);
    expect(usableBytes - neededBytes).toBeGreaterThanOrEqual(0);
    expect(usableBytes - neededBytes).toBeLessThan(16);
    expect(calls.reallocArray(array as Int8Array, 2000)).toHaveLength(2000);
  }
});
