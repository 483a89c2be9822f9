// OURO_RUNS sets the graphs for each property (default 20), OURO_SEED the seed.

import fc from "fast-check";
import { describe, it } from "vitest";
import * as parts from "../src/index.js";
import { cycleProperty, cyclePropertyNames } from "./cycle-properties.js";
import { detectorProperty, detectorPropertyNames } from "./detector-properties.js";

const numRuns = Number(process.env.OURO_RUNS ?? 20);
const seed = Number(process.env.OURO_SEED ?? 1);

describe("The exact detector", () => {
  it.each(detectorPropertyNames)("%s", (name) => {
    fc.assert(detectorProperty(name, parts), { numRuns, seed });
  });
});

describe("The report of cycles", () => {
  it.each(cyclePropertyNames)("%s", (name) => {
    fc.assert(cycleProperty(name, parts), { numRuns, seed });
  });
});
