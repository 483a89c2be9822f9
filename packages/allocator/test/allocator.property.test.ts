// Every allocator held to the suite of the testkit. OURO_RUNS sets the programs of each property,
// OURO_SEED the seed.

import { allocatorConformance, allocatorSuite } from "@ouro/testkit";
import { testSuite } from "@ouro/testkit/vitest";
import { describe, expect, it } from "vitest";
import * as parts from "../src/index.js";
import { makeRigs } from "./rigs.js";

const programCount = Number(process.env.OURO_RUNS ?? (process.env.OURO_LONG === "1" ? 25 : 7));
const seed = Number(process.env.OURO_SEED ?? 1);

describe.each(makeRigs(parts))("the $name", (maker) => {
  testSuite(allocatorSuite, maker, { programCount, seed });
});

it("says too little of no allocator", () => {
  for (const maker of makeRigs(parts)) {
    const { warnings } = allocatorConformance(maker, { programCount: 4, seed });
    expect(warnings, maker.name).toEqual([]);
  }
});
