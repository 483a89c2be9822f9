import { createPrivateHeap } from "@ouro/heap";
import { DoubleFreeError, InvalidAddressError, UsageError } from "@ouro/interfaces";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  createLargeBlockAllocator,
  createMalloc,
  createPoolAllocator,
  createSizeRouter,
} from "../src/index.js";

const WASM_PAGE_BYTES = 65_536;
const WINDOW = { startBytes: 3 * WASM_PAGE_BYTES, endBytes: 100 * WASM_PAGE_BYTES };

/** What every JavaScript engine has, and the types of no package here know. */
const { Memory } = Reflect.get(globalThis, "WebAssembly") as unknown as {
  Memory: new (size: { initial: number; maximum: number }) => { readonly buffer: ArrayBuffer };
};
const makeWasmMemory = (pageCount: number) =>
  new Memory({ initial: pageCount, maximum: pageCount });

/** malloc in a window of a WebAssembly memory, as a compiled module's host would set it up. */
function makeMalloc(limitBytes = 2 ** 22) {
  const memory = makeWasmMemory(104);
  new Uint8Array(memory.buffer).fill(0xa5);
  const heap = createPrivateHeap({ adopt: memory, window: WINDOW, limitBytes });
  const small = createPoolAllocator({ source: heap });
  const large = createLargeBlockAllocator({ source: heap });
  const allocator = createSizeRouter({ source: heap, small, large });
  return { memory, heap, allocator, calls: createMalloc({ memory: heap, allocator }) };
}

describe("malloc and free", () => {
  it("give byte addresses inside the window, at multiples of 16", () => {
    const { memory, calls } = makeMalloc();
    for (const bytes of [0, 1, 24, 512, 513, 100_000]) {
      const address = calls.malloc(bytes);
      expect(address % 16).toBe(0);
      expect(address).toBeGreaterThanOrEqual(WINDOW.startBytes);
      expect(address + bytes).toBeLessThanOrEqual(WINDOW.endBytes);
      expect(calls.usableSize(address)).toBeGreaterThanOrEqual(bytes);
      new Uint8Array(memory.buffer, address, bytes).fill(7);
    }
  });

  it("do what C says of 0, and answer 0 when there is no room", () => {
    const { allocator, calls } = makeMalloc();
    calls.free(0);
    calls.free(undefined);
    const address = calls.realloc(0, 40);
    expect(calls.malloc(2 ** 23)).toBe(0);
    expect(calls.malloc(2 ** 40)).toBe(0);
    expect(calls.calloc(2 ** 20, 2 ** 20)).toBe(0);
    expect(calls.realloc(address, 2 ** 23)).toBe(0);
    expect(calls.realloc(address, 2 ** 40)).toBe(0);
    expect(calls.mallocAs("f64", 2 ** 20)).toBeUndefined();
    expect(allocator.statistics().liveBlockCount).toBe(1);
    const moved = calls.realloc(address, 0);
    expect(moved).not.toBe(0);
    calls.free(moved);
    expect(allocator.statistics().liveBlockCount).toBe(0);
  });

  it("keep the bytes on realloc, and zero them on calloc", () => {
    const { memory, calls } = makeMalloc();
    const bytes = new Uint8Array(memory.buffer);
    const address = calls.malloc(100);
    for (let index = 0; index < 100; index++) bytes[address + index] = index;
    const moved = calls.realloc(address, 5000);
    expect([...bytes.subarray(moved, moved + 100)]).toEqual(
      Array.from({ length: 100 }, (_, i) => i),
    );
    calls.free(moved);
    const zeroed = calls.calloc(25, 4);
    expect(bytes.subarray(zeroed, zeroed + 100).every((byte) => byte === 0)).toBe(true);
  });

  it("refuse what C leaves undefined, and change nothing", () => {
    const { allocator, calls } = makeMalloc();
    const address = calls.malloc(100);
    const other = calls.malloc(100);
    calls.free(other);
    expect(() => calls.free(other)).toThrow(DoubleFreeError);
    expect(() => calls.realloc(other, 10)).toThrow(DoubleFreeError);
    for (const wrong of [1, address + 8, address + 16, -16, 1.5, Number.NaN, 2 ** 40]) {
      expect(() => calls.free(wrong)).toThrow(InvalidAddressError);
      expect(() => calls.realloc(wrong, 8)).toThrow(InvalidAddressError);
    }
    for (const size of [-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => calls.malloc(size)).toThrow(UsageError);
      expect(() => calls.calloc(size, 1)).toThrow(UsageError);
      expect(() => calls.realloc(address, size)).toThrow(UsageError);
    }
    expect(allocator.statistics().liveBlockCount).toBe(1);
  });
});

describe("typed arrays", () => {
  it.each(["i8", "u8", "u8c", "i16", "u16", "i32", "u32", "f32", "f64", "i64", "u64"] as const)(
    "of %s are views of the memory, of their length, and are freed as such",
    (type) => {
      const { memory, allocator, calls } = makeMalloc();
      const array = calls.callocAs(type, 10);
      expect(array?.buffer).toBe(memory.buffer);
      expect(array).toHaveLength(10);
      expect(array?.every((element) => Number(element) === 0)).toBe(true);
      calls.free(array);
      expect(allocator.statistics().liveBlockCount).toBe(0);
    },
  );

  it("keep their elements when they are made longer", () => {
    const { calls } = makeMalloc();
    const array = calls.mallocAs("f64", 3);
    array?.set([1.5, 2.5, 3.5]);
    const longer = calls.reallocArray(array as Float64Array, 1000);
    expect(longer).toBeInstanceOf(Float64Array);
    expect([...(longer?.subarray(0, 3) ?? [])]).toEqual([1.5, 2.5, 3.5]);
    expect(calls.reallocArray(longer as Float64Array, 2 ** 24)).toBeUndefined();
    calls.free(longer);
  });

  it("are refused when they lie in another memory or have no such type", () => {
    const { calls } = makeMalloc();
    expect(() => calls.free(new Uint8Array(8))).toThrow(UsageError);
    expect(() => calls.reallocArray(new Uint8Array(8), 16)).toThrow(/another memory/);
    expect(() => calls.mallocAs("f16" as never, 8)).toThrow(/Choose from i8/);
    expect(() => calls.mallocAs("f32", -1)).toThrow(UsageError);
  });
});

describe("a window of a WebAssembly memory", () => {
  it("is all that is ever written, whatever is allocated, moved and freed", () => {
    const step = fc.record({
      pick: fc.nat({ max: 99 }),
      sizeBytes: fc.oneof(fc.integer({ min: 0, max: 600 }), fc.integer({ min: 0, max: 2 ** 20 })),
      what: fc.constantFrom("malloc", "calloc", "realloc", "free"),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const { memory, allocator, calls } = makeMalloc();
        const bytes = new Uint8Array(memory.buffer);
        const live: number[] = [];
        for (const { pick, sizeBytes, what } of steps) {
          const place = pick % Math.max(1, live.length);
          const victim = live[place] ?? 0;
          let address = 0;
          if (what === "malloc") address = calls.malloc(sizeBytes);
          else if (what === "calloc") address = calls.calloc(1, sizeBytes);
          else if (what === "realloc") address = calls.realloc(victim, sizeBytes);
          else calls.free(victim);
          if (what === "free" || (what === "realloc" && address !== 0)) live.splice(place, 1);
          if (address === 0) continue;
          live.push(address);
          bytes.fill(0x11, address, address + sizeBytes);
        }
        allocator.validate();
        expect(allocator.statistics().liveBlockCount).toBe(live.length);
        const isUntouched = (from: number, to: number) =>
          Buffer.from(memory.buffer, from, to - from).equals(Buffer.alloc(to - from, 0xa5));
        expect(isUntouched(0, WINDOW.startBytes)).toBe(true);
        expect(isUntouched(WINDOW.endBytes, memory.buffer.byteLength)).toBe(true);
      }),
      { numRuns: Number(process.env.OURO_RUNS ?? 40) },
    );
  });
});
