// What the faults of the heap are held against: the suite for heaps on each memory, and bits of the
// tables turned over.

import { heapSuite, runSuite } from "@ouro/testkit";
import { exactCase, suiteProperty } from "../../../../scripts/faults/check-property.js";
import { heapsOn, memoryNames } from "../heap-makers.js";
import { kindsMissed, kindsNotCovered, usedHeap } from "../turned-bits.js";
import { TURNED_BITS } from "./planted-faults.js";

const RUN_LIMIT = 500;

export const properties = [
  ...memoryNames.flatMap((memory) =>
    heapSuite.properties.map(({ name }) =>
      suiteProperty({ name, on: memory, programLimit: RUN_LIMIT }, (options) =>
        runSuite(heapSuite, heapsOn(memory), options),
      ),
    ),
  ),
  exactCase(TURNED_BITS, () => {
    const missed = kindsMissed(usedHeap("fixed"));
    if (missed.join() === kindsNotCovered.join()) return;
    throw new Error(`turned over and not found: ${missed.join(", ")}`);
  }),
];
