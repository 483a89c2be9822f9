import { decodeHeapImage, encodeHeapImage, restoreHeap, saveHeap } from "@ouro/object-model";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { arbitrarySteps, buildHeap, describeReachable, heapTypes } from "./arbitrary-heap.js";
import { managers, rigs } from "./rigs.js";

const RUNS = { numRuns: process.env.OURO_LONG === "1" ? 40 : 8 };

describe.each(rigs)("a heap of %s", { timeout: 60_000 }, (_name, makeRig) => {
  test("saved, restored and saved gives the same bytes", () => {
    fc.assert(
      fc.property(arbitrarySteps, (steps) => {
        const first = makeRig();
        buildHeap(first, steps);
        const bytes = encodeHeapImage(saveHeap(first));
        first.validate();

        const second = makeRig();
        restoreHeap(second, decodeHeapImage(bytes));
        second.validate();
        expect(Buffer.compare(encodeHeapImage(saveHeap(second)), bytes)).toBe(0);
        expect(second.collector.statistics().liveCount).toBe(
          first.collector.statistics().liveCount,
        );
      }),
      RUNS,
    );
  });

  test("is, once restored, the same graph to the program", () => {
    fc.assert(
      fc.property(arbitrarySteps, (steps) => {
        const first = makeRig();
        buildHeap(first, steps);
        const second = makeRig();
        restoreHeap(second, saveHeap(first));
        expect(describeReachable(second)).toEqual(describeReachable(first));
      }),
      RUNS,
    );
  });

  test("is, restored under any other strategy, the same graph to the program", () => {
    fc.assert(
      fc.property(arbitrarySteps, fc.constantFrom(...managers), (steps, [, makeOther]) => {
        const first = makeRig();
        buildHeap(first, steps);
        const second = makeOther();
        restoreHeap(second, saveHeap(first));
        second.validate();
        expect(describeReachable(second)).toEqual(describeReachable(first));
        second.mutator.collect();
        expect(describeReachable(second)).toEqual(describeReachable(first));
      }),
      RUNS,
    );
  });

  test("is restored where the same types have other numbers", () => {
    fc.assert(
      fc.property(arbitrarySteps, (steps) => {
        const first = makeRig();
        buildHeap(first, steps);
        const second = makeRig();
        for (const type of heapTypes.toReversed()) second.types.define(type);
        restoreHeap(second, saveHeap(first));
        expect(describeReachable(second)).toEqual(describeReachable(first));
        second.validate();
      }),
      RUNS,
    );
  });

  test("goes on after a restore: what is built on it lives, what is dropped can go", () => {
    fc.assert(
      fc.property(arbitrarySteps, arbitrarySteps, (steps, moreSteps) => {
        const first = makeRig();
        buildHeap(first, steps);
        const second = makeRig();
        restoreHeap(second, saveHeap(first));
        buildHeap(first, moreSteps);
        buildHeap(second, moreSteps);
        expect(describeReachable(second)).toEqual(describeReachable(first));
        second.mutator.collect();
        second.validate();
        expect(describeReachable(second)).toEqual(describeReachable(first));
      }),
      RUNS,
    );
  });
});
