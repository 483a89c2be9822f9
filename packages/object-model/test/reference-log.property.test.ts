// OURO_RUNS sets the programs for each property, twice as many (default 20), OURO_SEED the seed.

import fc from "fast-check";
import { describe, it } from "vitest";
import { logCases, logProperty, logPropertyNames } from "./reference-log-properties.js";

const numRuns = 2 * Number(process.env.OURO_RUNS ?? 20);
const seed = Number(process.env.OURO_SEED ?? 1);

describe("The log of references", () => {
  it.each(logPropertyNames)("%s", (name) => {
    fc.assert(logProperty(name), { numRuns, seed });
  });

  it.each(Object.keys(logCases))("%s", (name) => {
    logCases[name]?.();
  });
});
