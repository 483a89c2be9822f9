// OURO_RUNS sets the graphs for each property, four times as many (default 20), OURO_SEED the seed.

import fc from "fast-check";
import { describe, it } from "vitest";
import { trialProperty, trialPropertyNames } from "./trial-properties.js";

const numRuns = 4 * Number(process.env.OURO_RUNS ?? 20);
const seed = Number(process.env.OURO_SEED ?? 1);

describe("Trial deletion over its buffer", () => {
  it.each(trialPropertyNames)("%s", (name) => {
    fc.assert(trialProperty(name), { numRuns, seed });
  });
});
