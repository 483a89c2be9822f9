// The generator of programs makes what it is there for: each shape and each kind of stress stands
// in a good share of the programs.

import fc from "fast-check";
import { expect, it } from "vitest";
import { mutatorPrograms } from "../src/index.js";
import { SIGHTS, type Sight, sightsOf } from "./program-census.js";

const PROGRAM_COUNT = 120;
/** So many programs of a hundred have it, at least. */
const LEAST_PERCENT = 8;

it(`Each shape and stress stands in ${LEAST_PERCENT} of a hundred programs or more`, () => {
  const counts = new Map<Sight, number>();
  for (const program of fc.sample(mutatorPrograms(), { numRuns: PROGRAM_COUNT, seed: 1 })) {
    for (const sight of sightsOf(program)) counts.set(sight, (counts.get(sight) ?? 0) + 1);
  }
  const shares = SIGHTS.map((sight) => ({
    sight,
    percent: Math.round((100 * (counts.get(sight) ?? 0)) / PROGRAM_COUNT),
  }));
  const rare = shares.filter(({ percent }) => percent < LEAST_PERCENT);
  expect(rare, JSON.stringify(shares)).toEqual([]);
});
