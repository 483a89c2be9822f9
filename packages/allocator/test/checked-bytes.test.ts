// What the checked layer writes into and around blocks, and what of it it looks at, byte by byte.

import { createPrivateHeap } from "@ouro/heap";
import { type Allocator, type Block, BlockOverrunError } from "@ouro/interfaces";
import { describe, expect, it } from "vitest";
import { createBumpAllocator, createCheckedAllocator } from "../src/index.js";
import { thrownBy } from "./checked-misuse.js";

/** Over a bump allocator every block has just the size that the layer asks for. */
function overBump(fillLimitBytes = 2048) {
  const heap = createPrivateHeap({ reservationBytes: 2 ** 21 });
  const below: Allocator = createBumpAllocator({ source: heap });
  below.allocate(16);
  const holdBytes = 2 ** 18;
  return {
    heap,
    checked: createCheckedAllocator(below, { source: heap, fillLimitBytes, holdBytes }),
  };
}

describe("the checked layer's bytes", () => {
  const sizes = [...Array(140).keys(), 255, 256, 257, 1023, 1024, 1025, 2045, 2047, 2048];

  it("are fresh, zero and dead from a block's first to its last, at each size", () => {
    const { heap, checked } = overBump();
    for (const bytes of sizes) {
      const [block, zeroed] = [checked.allocate(bytes), checked.allocateZeroed(bytes)];
      const of = (each: Block) => heap.bytes.subarray(each * 4, each * 4 + bytes);
      const behind = (each: Block) => [
        ...heap.bytes.subarray(each * 4 + bytes, each * 4 + bytes + 8),
      ];
      expect(
        of(block).every((byte) => byte === 0xcd),
        `fresh ${bytes}`,
      ).toBe(true);
      expect(
        of(zeroed).every((byte) => byte === 0),
        `zeroed ${bytes}`,
      ).toBe(true);
      expect([...behind(block), ...behind(zeroed)]).toEqual(Array(16).fill(0xfd));
      checked.free(block);
      expect(
        of(block).every((byte) => byte === 0xdd),
        `dead ${bytes}`,
      ).toBe(true);
    }
    checked.validate();
    checked.release();
  });

  it("are looked at one by one when a freed block was written", () => {
    const { heap, checked } = overBump();
    for (const bytes of [1, 2, 3, 4, 5, 8, 31, 63, 64, 65, 67, 68, 72, 73, 100, 129, 200]) {
      for (let offset = 0; offset < bytes; offset++) {
        const block = checked.allocate(bytes);
        checked.free(block);
        heap.bytes[block * 4 + offset] = 0xde;
        const error = thrownBy(checked.release);
        expect(error, `${offset} of ${bytes}`).toMatchObject({
          kind: "use-after-free",
          offsetBytes: offset,
        });
      }
    }
  });

  it("behind a freed block's last word are nobody's: a write there is let through", () => {
    const { heap, checked } = overBump();
    for (const bytes of [0, 1, 3, 4, 5, 8, 60, 61, 64, 65, 68, 69, 100, 2048]) {
      const block = checked.allocate(bytes);
      checked.free(block);
      const end = block * 4 + ((bytes + 3) & ~3);
      heap.bytes.fill(0, end, end + 8);
      checked.release();
    }
    checked.validate();
  });

  it("of a fence are looked at one by one, the nearest wrong one first", () => {
    const { heap, checked } = overBump();
    for (const bytes of [0, 1, 2, 3, 4, 5, 13, 64, 65]) {
      const block = checked.allocate(bytes);
      for (const offset of [0, 1, 2, 3, 4, 5, 6, 7].map((behind) => bytes + behind)) {
        heap.bytes[block * 4 + offset] = 0;
        heap.bytes[block * 4 - 8] = 0;
        expect(thrownBy(() => checked.free(block))).toMatchObject({ offsetBytes: offset });
        heap.bytes[block * 4 + offset] = 0xfd;
        heap.bytes[block * 4 - 8] = 0xfd;
      }
      for (const offset of [-1, -2, -7, -8, -25, -26, -31, -32]) {
        heap.bytes[block * 4 + offset] = 0;
        const error = thrownBy(() => checked.free(block));
        expect(error).toBeInstanceOf(BlockOverrunError);
        expect(error, `${offset} of ${bytes}`).toMatchObject({ offsetBytes: offset });
        heap.bytes[block * 4 + offset] = 0xfd;
      }
      checked.free(block);
    }
  });

  it.each([
    ["2048", 2048, 1024],
    ["100, which is less than four words at each end", 100, 48],
    ["0, which is four words at each end", 0, 16],
    ["16384", 16384, 8192],
  ])("are filled and looked at by the half at both ends, with a limit of %s", (_, limit, edge) => {
    const { heap, checked } = overBump(limit);
    for (const bytes of [2 * edge, 2 * edge + 4, 2 * edge + 7, 2 * edge + 60, 20_001]) {
      const isWhole = bytes <= 2 * edge;
      const block = checked.allocate(bytes);
      const at = block * 4;
      heap.bytes.fill(1, at, at + bytes);
      checked.free(block);
      const alive = [...heap.bytes.subarray(at, at + bytes)].filter((byte) => byte === 1).length;
      // The last half begins at a pair of words.
      expect(Math.abs(alive - (isWhole ? 0 : bytes - 2 * edge))).toBeLessThan(isWhole ? 1 : 12);
      for (const [offset, isSeen] of [
        [0, true],
        [edge - 1, true],
        [edge + 4, isWhole],
        [bytes - edge + 12, true],
        [bytes - 1, true],
      ] as const) {
        if (offset < 0 || offset >= bytes || (offset === edge + 4 && bytes < 2 * edge + 60))
          continue;
        const byte = heap.bytes[at + offset] as number;
        heap.bytes[at + offset] = 0;
        const error = thrownBy(checked.validate);
        if (isSeen) expect(error, `${offset} of ${bytes}`).toMatchObject({ offsetBytes: offset });
        else expect(error, `${offset} of ${bytes}`).toBeUndefined();
        heap.bytes[at + offset] = byte;
      }
    }
    const zeroed = checked.allocateZeroed(50_000);
    const bytes = heap.bytes.subarray(zeroed * 4, zeroed * 4 + 50_000);
    expect(bytes.every((byte) => byte === 0)).toBe(true);
  });

  it("lie in pairs of words, in a window whose words are odd as well", () => {
    const memory = new ArrayBuffer(2 ** 21 + 4);
    const heap = createPrivateHeap({ adopt: memory });
    const below = createBumpAllocator({ source: heap });
    const checked = createCheckedAllocator(below, { source: heap });
    const block = checked.allocate(21);
    expect([...heap.bytes.subarray(block * 4 - 8, block * 4 + 2)]).toEqual([
      ...Array(8).fill(0xfd),
      0xcd,
      0xcd,
    ]);
    checked.free(block);
    checked.validate();
  });
});
