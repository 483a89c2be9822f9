import { createPrivateHeap } from "@ouro/heap";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as parts from "../src/index.js";
import { BOUNDED_WORK, boundedWorkProperty, countSteps } from "./bounded-work.js";

const numRuns = process.env.OURO_LONG === "1" ? 3 : 1;

describe.each(["pool allocator", "large block allocator", "bump allocator", "free list allocator"])(
  "the %s",
  (name) => {
    it(BOUNDED_WORK, () => {
      fc.assert(boundedWorkProperty(parts, name), { numRuns });
    }, 60_000);
  },
);

it("the bump allocator measures a block in as few steps, however large it is", () => {
  const { source, takeSteps } = countSteps(createPrivateHeap({ reservationBytes: 2 ** 24 }));
  const bump = parts.createBumpAllocator({ source });
  const sizes = [1, 500, 1023, 1024, 1040, 5000, 2 ** 20, 5 * 2 ** 20];
  const blocks = sizes.flatMap((bytes) => [bump.allocate(bytes), bump.allocate(16)]);
  for (const [index, sizeBytes] of sizes.entries()) {
    takeSteps();
    const usableBytes = bump.usableSizeBytes(blocks[index * 2] as (typeof blocks)[number]);
    expect(takeSteps()).toBeLessThan(20);
    expect(usableBytes).toBe(Math.ceil(sizeBytes / 16) * 16);
  }
  bump.validate();
});
