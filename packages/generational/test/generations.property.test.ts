// OURO_RUNS sets the programs for each property (default 10), OURO_SEED the seed.

import fc from "fast-check";
import { describe, it } from "vitest";
import * as parts from "../src/index.js";
import { generationProperty } from "./generation-properties.js";
import { GENERATION_PROPERTIES } from "./property-names.js";

const numRuns = Number(process.env.OURO_RUNS ?? 10);
const seed = Number(process.env.OURO_SEED ?? 1);

describe("Generations", () => {
  it.each(GENERATION_PROPERTIES)("%s", (name) => {
    fc.assert(generationProperty(name, parts), { numRuns, seed });
  });
});
