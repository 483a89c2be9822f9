// The exact detector held to the suite of the testkit, and the suite shown to fail on planted
// faults. OURO_RUNS sets the programs of each property, OURO_SEED the seed.

import type { Detector, PrivateHeap, ReferenceList } from "@ouro/interfaces";
import * as suite from "@ouro/testkit";
import { detectorConformance, detectorSuite } from "@ouro/testkit";
import { testSuite } from "@ouro/testkit/vitest";
import { describe, expect, it } from "vitest";
import { subtractDetectors } from "./detectors.js";

const programCount = Number(process.env.OURO_RUNS ?? (process.env.OURO_LONG === "1" ? 40 : 20));
const seed = Number(process.env.OURO_SEED ?? 1);

describe("the detector that subtracts references", () => {
  testSuite(detectorSuite, subtractDetectors(), { programCount, seed });
});

/** Faults in the answers, each killed by the property that is named for it. */
const faults: readonly [
  name: string,
  killedBy: string,
  plant: (detector: Detector, words: Int32Array, heap: PrivateHeap) => Detector,
][] = [
  [
    "borrows an arena for its marks",
    suite.NEEDS_NO_MEMORY,
    (detector, _, heap) => ({
      ...detector,
      find(list) {
        if (heap.reserveArenas(heap.registerBorrower("marks"), 1) === 0) {
          return { reachedCount: list.end, end: list.end };
        }
        return detector.find(list);
      },
    }),
  ],
  [
    "takes the last reached one for found",
    suite.FINDS_GARBAGE_ONLY,
    (detector, words) => {
      let wrong = 0;
      return {
        ...detector,
        find(list) {
          const examined = detector.find(list);
          wrong = examined.reachedCount > 0 ? entryAt(words, list, examined.reachedCount - 1) : 0;
          return examined;
        },
        isFound: (object) => object === wrong || detector.isFound(object),
      };
    },
  ],
  [
    "forgets the first one found",
    suite.FINDS_ALL,
    (detector, words) => ({
      ...detector,
      find(list) {
        const examined = detector.find(list);
        const { reachedCount, end } = examined;
        if (reachedCount < end) detector.forget(entryAt(words, list, reachedCount));
        return examined;
      },
    }),
  ],
  [
    "counts one reached too many",
    suite.KEEPS_LIST,
    (detector) => ({
      ...detector,
      find(list) {
        const { reachedCount, end } = detector.find(list);
        return { reachedCount: Math.min(end, reachedCount + 1), end };
      },
    }),
  ],
  [
    "leaves a count lower than it was",
    suite.CHANGES_NOTHING,
    (detector, words) => ({
      ...detector,
      find(list) {
        const examined = detector.find(list);
        if (examined.end > 0) {
          const object = entryAt(words, list, 0);
          words[object] = (words[object] as number) - 1;
        }
        return examined;
      },
    }),
  ],
  ["never forgets", suite.MARKS, (detector) => ({ ...detector, forget() {} })],
  [
    "asks about all when it is asked again",
    suite.FINDS_AGAIN,
    (detector) => ({ ...detector, findAgain: (list) => ({ reachedCount: 0, end: list.end }) }),
  ],
  [
    "swallows a count that is too small",
    suite.REFUSES_COUNT,
    (detector) => ({
      ...detector,
      find(list) {
        try {
          return detector.find(list);
        } catch {
          return { reachedCount: list.end, end: list.end };
        }
      },
    }),
  ],
  [
    "turns the list round before it looks",
    suite.CPYTHON_ORDER,
    (detector, words) => ({
      ...detector,
      find(list) {
        const start = words[list.directory] as number;
        words.subarray(start, start + list.end).reverse();
        return detector.find(list);
      },
    }),
  ],
];

function entryAt(words: Int32Array, list: ReferenceList, index: number): number {
  return words[(words[list.directory] as number) + index] as number;
}

describe("the suite refutes a detector that", () => {
  it.each(faults)("%s", (_, killedBy, plant) => {
    for (const each of [1, 20_26, -77_777]) {
      const options = { properties: [killedBy], programCount: 300, seed: each, shrinks: false };
      expect(detectorConformance(subtractDetectors(plant), options).failCount, `seed ${each}`).toBe(
        1,
      );
    }
  });
});

/** It tells no observer: the testkit's own tests show that these two can fail. */
const NOT_RUN: readonly string[] = [suite.THROWN_AT, suite.ASKED_INSIDE];

it("shows that each property can fail", () => {
  const killers = new Set([...faults.map(([, killedBy]) => killedBy), ...NOT_RUN]);
  expect(detectorSuite.properties.filter(({ name }) => !killers.has(name))).toEqual([]);
});
