// Finalizers that compete for one root or one slot, on every preset that has finalizers: who runs
// later wins, so the order shows in what is reachable. OURO_RUNS sets the programs (default 40),
// OURO_SEED the seed.

import type { Strategy } from "@ouro/interfaces";
import { trialDeletionStrategy } from "@ouro/memory-manager";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { competitionPrograms, countedPrograms, playCompetition } from "./competition-programs.js";
import { presets } from "./presets.js";

const numRuns = Number(process.env.OURO_RUNS ?? (process.env.OURO_LONG === "1" ? 1000 : 20));
const seed = Number(process.env.OURO_SEED ?? 1);
const TIMEOUT_MILLISECONDS = 30_000 + numRuns * 100;

/** Collections come when the programs ask for them, under all. */
const calm = new Map<string, () => Strategy>([
  ...presets,
  ["refcount-trial-deletion", () => trialDeletionStrategy({ leastCandidateCount: 1 << 20 })],
]);
const finalizing = [...calm].filter(([, make]) => make().traits.resurrection);
const byAge = finalizing.filter(([, make]) => make().traits.collectionOrder !== "any");

it("Presets with finalizers, and those that promise CPython's order in collections, are", () => {
  const exact = ["cpython-3.13", "cpython-3.12", "cpython-3.13, low thresholds"];
  expect(byAge.map(([name]) => name)).toEqual([...exact, "refcount-whole-heap"]);
  const others = ["refcount-trial-deletion", "cpython-3.13-fast"];
  expect(finalizing.map(([name]) => name)).toEqual([
    ...[...exact, "refcount-whole-heap", ...others],
    "cpython-3.13-fast, low thresholds",
  ]);
});

describe.each(finalizing)("Under %s finalizers that compete", (name, make) => {
  it(
    "run in CPython's order on death by count",
    () => {
      const sameOrder = fc.property(countedPrograms, (program) => {
        playCompetition(program, { strategy: make(), isByAge: false });
      });
      fc.assert(sameOrder, { numRuns, seed });
    },
    TIMEOUT_MILLISECONDS,
  );

  it.runIf(byAge.some(([each]) => each === name))(
    "run in CPython's order in collections",
    () => {
      let competitionCount = 0;
      const onCompetition = () => void competitionCount++;
      const sameOrder = fc.property(competitionPrograms, (program) => {
        playCompetition(program, { strategy: make(), isByAge: true }, onCompetition);
      });
      fc.assert(sameOrder, { numRuns, seed });
      expect(competitionCount).toBeGreaterThan(numRuns / 2);
    },
    TIMEOUT_MILLISECONDS,
  );
});
