// OURO_RUNS sets the programs for each property (default 20), OURO_SEED the seed.

import fc from "fast-check";
import { describe, it } from "vitest";
import * as parts from "../src/index.js";
import { finalizationProperty } from "./finalization-properties.js";
import { FINALIZATION_PROPERTIES } from "./property-names.js";

const numRuns = Number(process.env.OURO_RUNS ?? 20);
const seed = Number(process.env.OURO_SEED ?? 1);

describe("Death by count", () => {
  it.each(FINALIZATION_PROPERTIES)("%s", (name) => {
    fc.assert(finalizationProperty(name, parts), { numRuns, seed });
  });
});
