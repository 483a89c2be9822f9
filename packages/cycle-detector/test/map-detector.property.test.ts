// OURO_RUNS sets the graphs for each property, four times as many (default 20) and half as many
// large ones, OURO_SEED the seed.

import fc from "fast-check";
import { describe, it } from "vitest";
import { mapProperty, mapPropertyNames } from "./map-properties.js";
import { LATE } from "./property-names.js";

const runs = Number(process.env.OURO_RUNS ?? 20);
const seed = Number(process.env.OURO_SEED ?? 1);

describe("The map detector", () => {
  it.each(mapPropertyNames)("%s", (name) => {
    const numRuns = name === LATE ? Math.ceil(runs / 2) : 4 * runs;
    fc.assert(mapProperty(name), { numRuns, seed });
  });
});
