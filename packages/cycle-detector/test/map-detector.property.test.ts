// OURO_RUNS sets the graphs for each property, four times as many (default 20), OURO_SEED the seed.

import fc from "fast-check";
import { describe, it } from "vitest";
import { mapProperty, mapPropertyNames } from "./map-properties.js";

const numRuns = 4 * Number(process.env.OURO_RUNS ?? 20);
const seed = Number(process.env.OURO_SEED ?? 1);

describe("The map detector", () => {
  it.each(mapPropertyNames)("%s", (name) => {
    fc.assert(mapProperty(name), { numRuns, seed });
  });
});
