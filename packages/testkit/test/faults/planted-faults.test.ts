// Runs toy strategies that are wrong before the property that is said to kill each, and expects it
// to fail: one seed here, three with OURO_LONG=1.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkProgram, MEMORY, mutatorPrograms, PROPERTY_NAMES } from "../../src/index.js";
import { subjectsOf } from "../subjects.js";
import { toyStrategy } from "../toy-strategies.js";
import { plantedFaults } from "./planted-faults.js";

const SEEDS = [1, 20_26, -77_777];
/** One of them here; all of them with OURO_LONG=1 (`npm run test:long`). */
const SEEDS_NOW = process.env.OURO_LONG === "1" ? SEEDS : SEEDS.slice(0, 1);
const RUN_LIMIT = 100;
/** Each allocation is refused in turn: few of them show it. */
const SHORT = { commandLimitCount: 15, shapeLimitCount: 5 };

describe("Each planted fault is killed by the property that is said to kill it", () => {
  it.each(plantedFaults)(
    "$on: $fault ($killedBy)",
    ({ fault, on, killedBy }) => {
      const maker = subjectsOf(toyStrategy(on, fault));
      const programs = mutatorPrograms(killedBy === MEMORY ? SHORT : {});
      const property = fc.property(programs, (program) => {
        checkProgram(program, maker, [killedBy]);
      });
      for (const seed of SEEDS_NOW) {
        const result = fc.check(property, { seed, numRuns: RUN_LIMIT, endOnFailure: true });
        expect(result.failed, `seed ${seed}: it lived through ${result.numRuns} runs`).toBe(true);
      }
    },
    120_000,
  );
});

it("shows that each property can fail", () => {
  const killers = new Set(plantedFaults.map(({ killedBy }) => killedBy));
  expect(PROPERTY_NAMES.filter((name) => !killers.has(name))).toEqual([]);
});
