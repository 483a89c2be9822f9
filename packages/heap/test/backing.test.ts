import {
  ARENA_SIZE_BYTES,
  ARENA_SIZE_WORDS,
  type Arena,
  OutOfMemoryError,
  type PrivateHeap,
  UsageError,
} from "@ouro/interfaces";
import { afterEach, describe, expect, test, vi } from "vitest";
import { createPrivateHeap, openPrivateHeap, type PrivateHeapOptions } from "../src/index.js";

const MIB = ARENA_SIZE_BYTES;
const WASM_PAGE_BYTES = 65536;

/** The part of the host's WebAssembly that no library here declares. */
interface WasmMemory {
  readonly buffer: ArrayBuffer;
  grow(pageCount: number): number;
}
const { Memory } = Reflect.get(globalThis, "WebAssembly") as unknown as {
  Memory: new (pages: { initial: number; maximum?: number; shared?: boolean }) => WasmMemory;
};

const at = (arenaIndex: number) => (arenaIndex * ARENA_SIZE_WORDS) as Arena;

function errorOf(call: () => unknown): Error {
  try {
    call();
  } catch (error) {
    return error as Error;
  }
  throw new Error("the call was not refused");
}

const refusal = (options: unknown) => errorOf(() => createPrivateHeap(options as never));

/** Lends everything, writes to each arena's ends, takes all back. */
function useAll(heap: PrivateHeap): number {
  const borrower = heap.registerBorrower("pools");
  const arenas: Arena[] = [];
  for (let arena = heap.reserveArenas(borrower, 1); arena !== 0; ) {
    arenas.push(arena);
    arena = heap.reserveArenas(borrower, 1);
  }
  for (const arena of arenas) {
    heap.words[arena] = arena;
    heap.words[arena + ARENA_SIZE_WORDS - 1] = -arena;
  }
  heap.validate();
  for (const arena of arenas) {
    expect(heap.words[arena]).toBe(arena);
    expect(heap.bytes[arena * 4 + 1]).toBe((arena >>> 8) & 0xff);
    expect(heap.words[arena + ARENA_SIZE_WORDS - 1]).toBe(-arena);
    heap.releaseArenas(borrower, arena, 1);
  }
  heap.validate();
  return arenas.length;
}

describe("a memory of the heap's own", () => {
  test.each(["fixed", "shared", "resizable"] as const)("%s lends all of it", (backing) => {
    const heap = createPrivateHeap({ reservationBytes: 8 * MIB, backing });
    expect(heap.backing).toBe(backing);
    expect(useAll(heap)).toBe(7);
    expect(heap.statistics()).toMatchObject({ backing, reservedBytes: 8 * MIB });
  });

  test("the default is a fixed reservation of 1 GiB, which commits nothing by itself", () => {
    const heap = createPrivateHeap();
    expect(heap.statistics()).toMatchObject({ backing: "fixed", reservedBytes: 1024 * MIB });
    expect(heap.statistics().committedBytes).toBeLessThanOrEqual(34 * MIB);
  });

  test("a reservation of 4 GiB lends its last arena", () => {
    const heap = createPrivateHeap({ reservationBytes: 4096 * MIB });
    const borrower = heap.registerBorrower("pools");
    expect(heap.reserveArenasAt(borrower, at(4095), 1)).toBe(true);
    heap.words[at(4095) + ARENA_SIZE_WORDS - 1] = 7;
    expect(heap.statistics().topArena).toEqual({ arenaIndex: 4095, borrower: "pools" });
    heap.validate();
    heap.releaseArenas(borrower, at(4095), 1);
  });

  test("only a shared heap lies in a SharedArrayBuffer", () => {
    const bufferOf = (backing: "fixed" | "shared") =>
      createPrivateHeap({ reservationBytes: 2 * MIB, backing }).words.buffer;
    expect(bufferOf("shared")).toBeInstanceOf(SharedArrayBuffer);
    expect(bufferOf("fixed")).toBeInstanceOf(ArrayBuffer);
  });

  test("2 MiB lend one arena, less than that is refused", () => {
    expect(useAll(createPrivateHeap({ reservationBytes: 2 * MIB }))).toBe(1);
    for (const reservationBytes of [0, MIB, 2 * MIB - 16]) {
      const error = refusal({ reservationBytes });
      expect(error).toBeInstanceOf(UsageError);
      expect(error.message).toMatch(
        /^createPrivateHeap: a memory of \d+ bytes holds no whole arena .* Reserve at least 2 MiB/,
      );
    }
  });
});

describe("a resizable memory", () => {
  const lengthBytes = (heap: PrivateHeap) => heap.words.buffer.byteLength;

  test("is as long as its top arena reaches, and its statistics say so", () => {
    const heap = createPrivateHeap({ reservationBytes: 16 * MIB, backing: "resizable" });
    const borrower = heap.registerBorrower("pools");
    expect(lengthBytes(heap)).toBe(MIB);
    heap.reserveArenas(borrower, 6);
    expect(lengthBytes(heap)).toBe(7 * MIB);
    heap.releaseArenas(borrower, at(2), 3);
    expect(lengthBytes(heap)).toBe(7 * MIB);
    expect(heap.statistics()).toMatchObject({
      returnedBytes: 0,
      committedBytes: 7 * MIB,
      topArena: { arenaIndex: 6, borrower: "pools" },
    });
    heap.releaseArenas(borrower, at(5), 2);
    expect(lengthBytes(heap)).toBe(2 * MIB);
    expect(heap.statistics()).toMatchObject({ returnedBytes: 5 * MIB, committedBytes: 2 * MIB });
    heap.validate();
  });

  test("keeps what lies below the tail, and gives the tail back zeroed", () => {
    const heap = createPrivateHeap({ reservationBytes: 8 * MIB, backing: "resizable" });
    const { words } = heap;
    const borrower = heap.registerBorrower("pools");
    heap.reserveArenas(borrower, 3);
    words[at(1)] = 11;
    words[at(3)] = 33;
    heap.releaseArenas(borrower, at(3), 1);
    expect(words[at(3)]).toBeUndefined();
    heap.reserveArenas(borrower, 1);
    expect(heap.reserveArenasAt(borrower, at(8), 1)).toBe(false);
    expect(heap.reserveArenasAt(borrower, at(6), 1)).toBe(true);
    expect([words[at(1)], words[at(3)]]).toEqual([11, 0]);
    expect(heap.words).toBe(words);
    heap.validate();
  });

  test("cannot be opened a second time", () => {
    const heap = createPrivateHeap({ reservationBytes: 4 * MIB, backing: "resizable" });
    const error = errorOf(() => openPrivateHeap(heap.words.buffer));
    expect(error).toBeInstanceOf(UsageError);
    expect(error.message).toMatch(/resizable and so has one owner.*"shared"/);
  });

  test("answers 0 when the host has no more memory, and serves when it has some again", () => {
    const heap = createPrivateHeap({ reservationBytes: 8 * MIB, backing: "resizable" });
    const borrower = heap.registerBorrower("pools");
    heap.reserveArenas(borrower, 1);
    const before = heap.words.slice();
    const host = vi.spyOn(ArrayBuffer.prototype as never as { resize(): void }, "resize");
    host.mockImplementation(() => {
      throw new RangeError("out of memory");
    });
    expect(heap.reserveArenas(borrower, 1)).toBe(0);
    expect(heap.reserveArenasAt(borrower, at(2), 1)).toBe(false);
    host.mockRestore();
    expect(Buffer.compare(Buffer.from(heap.words.buffer), Buffer.from(before.buffer))).toBe(0);
    heap.validate();
    expect(heap.reserveArenas(borrower, 1)).toBe(at(2));
  });
});

describe("an adopted memory", () => {
  test.each<[string, () => NonNullable<PrivateHeapOptions["adopt"]>]>([
    ["an ArrayBuffer", () => new ArrayBuffer(4 * MIB)],
    ["a SharedArrayBuffer", () => new SharedArrayBuffer(4 * MIB)],
    ["a WebAssembly.Memory", () => new Memory({ initial: 64 })],
    ["a shared WebAssembly.Memory", () => new Memory({ initial: 64, maximum: 128, shared: true })],
  ])("may be %s", (_, make) => {
    const adopt = make();
    const heap = createPrivateHeap({ adopt });
    expect(heap.backing).toBe("adopted");
    expect(heap.words.buffer).toBe("buffer" in adopt ? adopt.buffer : adopt);
    expect(useAll(heap)).toBe(3);
    expect(heap.statistics()).toMatchObject({ reservedBytes: 4 * MIB, returnedBytes: 0 });
    expect(openPrivateHeap(adopt).statistics()).toEqual(heap.statistics());
  });

  test("need not be zero, nor of a length in whole arenas or words", () => {
    const adopt = new Uint8Array(4 * MIB - 3).fill(0xa5).buffer;
    const heap = createPrivateHeap({ adopt });
    heap.validate();
    expect(useAll(heap)).toBe(2);
    expect(heap.statistics().reservedBytes).toBe(4 * MIB - 16);
  });

  test("is left alone outside the window", () => {
    const bytes = new Uint8Array(8 * MIB).fill(0xa5);
    const window = { startBytes: MIB + 5, endBytes: 7 * MIB - 5 };
    const heap = createPrivateHeap({ adopt: bytes.buffer, window });
    heap.reserveRegion(heap.registerBorrower("pools"), "map", 64);
    expect(useAll(heap)).toBe(4);
    expect(bytes.subarray(0, MIB + 16).every((byte) => byte === 0xa5)).toBe(true);
    expect(bytes.subarray(7 * MIB - 16).every((byte) => byte === 0xa5)).toBe(true);
    expect(heap.statistics().reservedBytes).toBe(6 * MIB - 32);
    expect(heap.firstArenaIndex).toBe(2);
  });

  test("aligns arenas to the memory, wherever the window starts", () => {
    for (const startBytes of [16, 48, 65536, MIB - 16, MIB, MIB + 16]) {
      const window = { startBytes };
      const heap = createPrivateHeap({ adopt: new ArrayBuffer(4 * MIB), window });
      const arena = heap.reserveArenas(heap.registerBorrower("pools"), 1);
      expect(arena % ARENA_SIZE_WORDS).toBe(0);
      expect(arena * 4).toBeGreaterThan(startBytes);
      heap.validate();
    }
  });

  test("holds several heaps in windows that do not overlap", () => {
    const adopt = new SharedArrayBuffer(8 * MIB);
    const low = { endBytes: 4 * MIB };
    const high = { startBytes: 4 * MIB };
    const lowHeap = createPrivateHeap({ adopt, window: low });
    const highHeap = createPrivateHeap({ adopt, window: high });
    expect(lowHeap.reserveArenas(lowHeap.registerBorrower("a"), 3)).toBe(at(1));
    expect(highHeap.reserveArenas(highHeap.registerBorrower("b"), 3)).toBe(at(5));
    lowHeap.validate();
    highHeap.validate();
    const opened = openPrivateHeap(adopt, { window: high });
    expect(opened.statistics()).toEqual(highHeap.statistics());
    expect(opened.statistics().topArena).toEqual({ arenaIndex: 7, borrower: "b" });
  });

  test.each<[string, { startBytes?: number; endBytes?: number }]>([
    ["that ends outside the memory", { endBytes: 4 * MIB + 1 }],
    ["that starts outside the memory", { startBytes: 5 * MIB }],
    ["that starts below 0", { startBytes: -16 }],
    ["that ends before it starts", { startBytes: 2 * MIB, endBytes: MIB }],
    ["in fractions of bytes", { startBytes: 0.5 }],
    ["of no number", { endBytes: Number.NaN }],
  ])("refuses a window %s", (_, window) => {
    const adopt = new ArrayBuffer(4 * MIB);
    const error = refusal({ adopt, window });
    expect(error).toBeInstanceOf(UsageError);
    expect(error.message).toMatch(
      /^createPrivateHeap: window\.(start|end)Bytes .+ is not a whole number from .* Give/,
    );
    const opening = errorOf(() => openPrivateHeap(adopt, { window }));
    expect(opening.message).toMatch(/^openPrivateHeap: window\./);
  });

  test.each<[string, { startBytes?: number; endBytes?: number }]>([
    ["of no byte", { startBytes: 5, endBytes: 5 }],
    ["that holds no granule", { startBytes: 5, endBytes: 12 }],
    ["of an arena's size that is not aligned", { startBytes: 64, endBytes: 2 * MIB - 64 }],
    ["whose tables take its only arena", { startBytes: MIB, endBytes: 2 * MIB }],
  ])("refuses a window %s as too small", (_, window) => {
    const error = refusal({ adopt: new ArrayBuffer(4 * MIB), window });
    expect(error).toBeInstanceOf(UsageError);
    expect(error.message).toMatch(/a memory of \d+ bytes holds no whole arena.*widen the window/);
  });

  test("whose buffer was detached by growth says so, and can be opened again", () => {
    const memory = new Memory({ initial: (4 * MIB) / WASM_PAGE_BYTES });
    const heap = createPrivateHeap({ adopt: memory });
    const borrower = heap.registerBorrower("pools");
    const arena = heap.reserveArenas(borrower, 2);
    heap.words[arena] = 42;
    memory.grow(MIB / WASM_PAGE_BYTES);
    const calls: Record<string, () => unknown> = {
      validate: () => heap.validate(),
      reserveArenas: () => heap.reserveArenas(borrower, 1),
      reserveArenasAt: () => heap.reserveArenasAt(borrower, at(3), 1),
      releaseArenas: () => heap.releaseArenas(borrower, arena, 1),
      reserveRegion: () => heap.reserveRegion(borrower, "map", 4),
      registerBorrower: () => heap.registerBorrower("large"),
      statistics: () => heap.statistics(),
      walkArenas: () => heap.walkArenas(() => {}),
      limitBytes: () => heap.limitBytes,
      setLimitBytes: () => heap.setLimitBytes(MIB),
    };
    for (const [where, call] of Object.entries(calls)) {
      const error = errorOf(call);
      expect(error).toBeInstanceOf(UsageError);
      expect(error.message).toMatch(
        new RegExp(`^${where}: the heap's memory was detached.*WebAssembly.*openPrivateHeap`),
      );
    }
    const opened = openPrivateHeap(memory);
    opened.validate();
    expect(opened.words[arena]).toBe(42);
    expect(opened.statistics()).toMatchObject({ reservedBytes: 4 * MIB, lentArenaCount: 2 });
    opened.releaseArenas(borrower, arena, 2);
  });

  test("that is a shared WebAssembly.Memory may grow under the heap", () => {
    const memory = new Memory({ initial: 64, maximum: 128, shared: true });
    const heap = createPrivateHeap({ adopt: memory });
    memory.grow(64);
    expect(useAll(heap)).toBe(3);
  });
});

describe("opening", () => {
  test.each<[string, ArrayBuffer]>([
    ["an empty memory", new ArrayBuffer(0)],
    ["a memory without a heap", new ArrayBuffer(4 * MIB)],
    ["a memory of noise", new Uint8Array(4 * MIB).fill(0x5a).buffer],
  ])("%s is refused", (_, memory) => {
    const error = errorOf(() => openPrivateHeap(memory));
    expect(error).toBeInstanceOf(UsageError);
    expect(error.message).toMatch(/^openPrivateHeap: the memory at byte 0 holds no private heap/);
  });

  test("a heap in a window is found by that window only", () => {
    const adopt = new ArrayBuffer(8 * MIB);
    createPrivateHeap({ adopt, window: { startBytes: MIB } });
    expect(errorOf(() => openPrivateHeap(adopt))).toBeInstanceOf(UsageError);
    openPrivateHeap(adopt, { window: { startBytes: MIB } }).validate();
  });

  test("a copy that lacks the heap's end is refused; a whole copy is a heap of its own", () => {
    const heap = createPrivateHeap({ reservationBytes: 4 * MIB });
    const borrower = heap.registerBorrower("pools");
    heap.reserveArenas(borrower, 1);
    const buffer = heap.words.buffer as ArrayBuffer;
    expect(errorOf(() => openPrivateHeap(buffer.slice(0, 3 * MIB)))).toBeInstanceOf(UsageError);
    const copy = openPrivateHeap(buffer.slice(0));
    copy.reserveArenas(borrower, 2);
    copy.validate();
    expect(heap.statistics().lentArenaCount).toBe(1);
  });
});

describe("bad options", () => {
  const adopt = new ArrayBuffer(4 * MIB);

  test.each<[string, object, RegExp]>([
    ["a negative reservation", { reservationBytes: -16 }, /reservationBytes -16 is not a whole/],
    ["a fraction of a byte", { reservationBytes: 2.5 }, /reservationBytes 2\.5 is not a whole/],
    ["a reservation that is text", { reservationBytes: "1GiB" }, /1GiB is not a whole number/],
    ["more than 4 GiB", { reservationBytes: 2 ** 33 }, /8589934592 is not .* to 4294967296/],
    [
      "an odd reservation",
      { reservationBytes: 4 * MIB + 8 },
      /reservationBytes 4194312 is not a multiple of 16\. Round it up/,
    ],
    ["a tiny reservation", { reservationBytes: 96 }, /a memory of 96 bytes holds no whole arena/],
    [
      "a misspelt option",
      { reservationByte: MIB },
      /option reservationByte is not known\. Options: /,
    ],
    ["a negative limit", { limitBytes: -1, reservationBytes: 2 * MIB }, /limitBytes -1 is not/],
    ["no limit's number", { limitBytes: Number.NaN, adopt }, /limitBytes NaN is not a whole/],
    ["a bad soft limit", { softLimitBytes: 0.5, adopt }, /softLimitBytes 0\.5 is not a whole/],
    ["bad region bytes", { regionBytes: -4, adopt }, /regionBytes -4 is not a whole/],
    ["regions larger than the memory", { regionBytes: 2 ** 40, adopt }, /holds no whole arena/],
    ["an unknown backing", { backing: "elastic" }, /"elastic" is none of fixed, shared, resiz/],
    ["a backing beside a memory", { adopt, backing: "fixed" }, /adopt excludes backing/],
    ["a reservation beside a memory", { adopt, reservationBytes: MIB }, /adopt excludes/],
    ["a window without a memory", { window: {} }, /window is a part of no adopted memory/],
    ["null as a memory", { adopt: null }, /the memory is not an ArrayBuffer/],
    ["a number as a memory", { adopt: 5 }, /the memory is not an ArrayBuffer/],
    ["an object as a memory", { adopt: { buffer: 5 } }, /the memory is not an ArrayBuffer/],
    ["a typed array", { adopt: new Uint8Array(64) }, /typed array pass the buffer/],
  ])("%s: a usage error that says where, what and what to do", (_, options, message) => {
    const error = refusal(options);
    expect(error).toBeInstanceOf(UsageError);
    expect(error.message).toMatch(/^createPrivateHeap: .+\. [A-Z].+/);
    expect(error.message).toMatch(message);
  });

  test.each([-1, 0.5, Number.NaN, "2"])("setLimitBytes refuses %j", (limitBytes) => {
    const heap = createPrivateHeap({ reservationBytes: 4 * MIB });
    const error = errorOf(() => heap.setLimitBytes(limitBytes as number));
    expect(error).toBeInstanceOf(UsageError);
    expect(error.message).toMatch(/^setLimitBytes: limitBytes/);
    expect(heap.limitBytes).toBe(3 * MIB);
  });
});

describe("a poorer host", () => {
  afterEach(() => {
    vi.unstubAllGlobals();
  });

  test.each([
    ["fixed", "ArrayBuffer"],
    ["shared", "SharedArrayBuffer"],
    ["resizable", "ArrayBuffer"],
  ] as const)("that refuses the reservation of a %s heap: out of memory", (backing, name) => {
    class Refusing {
      constructor() {
        throw new RangeError("Array buffer allocation failed");
      }
      resize(): void {}
    }
    vi.stubGlobal(name, Refusing);
    const error = refusal({ backing, reservationBytes: 64 * MIB });
    expect(error).toBeInstanceOf(OutOfMemoryError);
    expect(error).toMatchObject({ requestBytes: 64 * MIB, lentBytes: 0, limitBytes: 64 * MIB });
    expect(error.message).toMatch(/createPrivateHeap \(the host refused .* choose a smaller one\)/);
  });

  test("without SharedArrayBuffer refuses shared, and still offers the others", () => {
    vi.stubGlobal("SharedArrayBuffer", undefined);
    const error = refusal({ backing: "shared", reservationBytes: 4 * MIB });
    expect(error).toBeInstanceOf(UsageError);
    expect(error.message).toMatch(/backing "shared" is not offered by this host.*cross-origin/);
    expect(useAll(createPrivateHeap({ reservationBytes: 4 * MIB }))).toBe(3);
    expect(useAll(createPrivateHeap({ adopt: new ArrayBuffer(4 * MIB) }))).toBe(3);
  });

  test("without resizable buffers refuses resizable", () => {
    vi.stubGlobal("ArrayBuffer", class {});
    const error = refusal({ backing: "resizable", reservationBytes: 4 * MIB });
    expect(error).toBeInstanceOf(UsageError);
    expect(error.message).toMatch(/backing "resizable" is not offered by this host/);
  });
});
