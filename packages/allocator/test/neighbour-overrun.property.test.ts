import { createPrivateHeap } from "@ouro/heap";
import { BlockOverrunError, HeapCorruptionError } from "@ouro/interfaces";
import fc from "fast-check";
import { expect, it } from "vitest";
import * as parts from "../src/index.js";
import { NEIGHBOUR_OVERRUN, neighbourOverrunProperty } from "./neighbour-overrun.js";

const numRuns = Number(process.env.OURO_RUNS ?? (process.env.OURO_LONG === "1" ? 1000 : 200));

it(`the large block allocator ${NEIGHBOUR_OVERRUN}`, () => {
  const result = fc.check(neighbourOverrunProperty(parts), { numRuns });
  expect(result.failed, fc.defaultReportMessage(result)).toBe(false);
}, 60_000);

it.each([0, 0x41, 0xff])(
  "a checked heap stays usable after an overrun with %i that was repaired",
  (byte) => {
    const heap = createPrivateHeap({ reservationBytes: 2 ** 23 });
    const below = parts.createLargeBlockAllocator({ source: heap });
    const checked = parts.createCheckedAllocator(below, { source: heap });
    const other = checked.allocate(80_000);
    const block = checked.allocate(70_000);
    heap.bytes.fill(byte, block * 4 + 70_000, block * 4 + 70_000 + 40);
    expect(() => checked.free(block)).toThrow(BlockOverrunError);
    checked.repair(block);
    heap.words[block] = 42;
    expect(() => checked.free(block)).toThrow(HeapCorruptionError);
    expect(heap.words[block]).toBe(42);
    expect(checked.owns(block)).toBe(true);
    checked.validate();
    checked.free(checked.allocate(90_000));
    checked.free(block);
    checked.free(other);
    expect(checked.close()).toEqual([]);
  },
);
