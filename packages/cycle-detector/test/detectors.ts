// Detectors for the suite of the testkit, each over memory of its own.

import { createPrivateHeap } from "@ouro/heap";
import type { Detector, PrivateHeap } from "@ouro/interfaces";
import { createTypeTable } from "@ouro/object-model";
import type { DetectorMaker } from "@ouro/testkit";
import { createSubtractDetector } from "../src/index.js";

/** The exact detector, with what a test plants in its answers. */
export function subtractDetectors(
  plant: (detector: Detector, words: Int32Array, heap: PrivateHeap) => Detector = (detector) =>
    detector,
): DetectorMaker {
  return {
    name: "subtract-references",
    complete: true,
    order: "cpython",
    make() {
      const heap = createPrivateHeap({ reservationBytes: 2 ** 24, regionBytes: 2 ** 22 });
      const borrower = heap.registerBorrower("types");
      const types = createTypeTable({ heap, borrower, typeLimitCount: 16 });
      const { words } = heap;
      const marks = heap.reserveRegion(borrower, "marks", 2 ** 19).start;
      const immortalCount = 2 ** 30;
      const untrack = () => {};
      const detector = createSubtractDetector({ words, types, marks, immortalCount, untrack });
      return { heap, types, marks, detector: plant(detector, words, heap) };
    },
  };
}

export function makeDetectors(): DetectorMaker[] {
  return [subtractDetectors()];
}
