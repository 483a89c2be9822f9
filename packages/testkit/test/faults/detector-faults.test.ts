// The nemesis of detectors: what is right is let through, and each fault is found.

import { describe, expect, it } from "vitest";
import * as kit from "../../src/index.js";
import { testSuite } from "../../src/vitest.js";
import { type DetectorFault, toyDetectors } from "../toy-detector.js";

const NEMESIS = [kit.NEEDS_NO_MEMORY, kit.THROWN_AT, kit.ASKED_INSIDE];

describe("A plain detector that tells an observer", () => {
  testSuite(kit.detectorSuite, toyDetectors(), { properties: NEMESIS, programCount: 60 });
});

const faults: readonly [DetectorFault, string][] = [
  ["keeps what it found when an observer throws", kit.THROWN_AT],
  ["empties the list while it looks", kit.THROWN_AT],
  ["answers a question in the middle of another", kit.ASKED_INSIDE],
  ["loses the outer question to the inner one", kit.ASKED_INSIDE],
];

it.each(faults)("A detector that %s is refuted (%s)", (fault, killedBy) => {
  for (const seed of [1, 20_26, -77_777]) {
    const options = { properties: [killedBy], programCount: 100, seed, shrinks: false };
    const { failCount } = kit.detectorConformance(toyDetectors(fault), options);
    expect(failCount, `seed ${seed}`).toBe(1);
  }
});

it("What a detector that tells nobody is not asked is said, with the reason", () => {
  const { observed: _, ...maker } = toyDetectors();
  const { verdicts } = kit.detectorConformance(maker, { properties: NEMESIS, programCount: 5 });
  expect(verdicts.map(({ outcome, why }) => `${outcome}: ${why ?? ""}`)).toEqual([
    "holds: ",
    "not run: it tells no observer: nothing can come in between",
    "not run: it tells no observer: nothing can come in between",
  ]);
});
