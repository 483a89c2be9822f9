// OURO_RUNS sets the graphs for each property (default 60), OURO_SEED the seed.

import fc from "fast-check";
import { describe, it } from "vitest";
import { mapProperty, mapPropertyNames } from "./map-properties.js";

const numRuns = Number(process.env.OURO_RUNS ?? 60);
const seed = Number(process.env.OURO_SEED ?? 1);

describe("The map detector", () => {
  it.each(mapPropertyNames)("%s", (name) => {
    fc.assert(mapProperty(name), { numRuns, seed });
  });
});
