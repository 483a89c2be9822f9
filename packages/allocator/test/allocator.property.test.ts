// Every allocator held to the suite of the testkit. OURO_RUNS sets the programs of each property,
// OURO_SEED the seed.

import {
  ALIASING,
  ALLOCATOR_MEMORY,
  allocatorConformance,
  allocatorSuite,
  REFUSALS,
  RELEASE,
} from "@ouro/testkit";
import { testSuite } from "@ouro/testkit/vitest";
import { describe, expect, it } from "vitest";
import * as parts from "../src/index.js";
import { makeRigs } from "./rigs.js";

const programCount = Number(process.env.OURO_RUNS ?? (process.env.OURO_LONG === "1" ? 25 : 4));
/** It plays a program once for every allocation in it. */
const programCounts = { [ALLOCATOR_MEMORY]: Math.ceil(programCount / 3) };
const seed = Number(process.env.OURO_SEED ?? 1);

describe.each(makeRigs(parts))("the $name", (maker) => {
  testSuite(allocatorSuite, maker, { programCount, programCounts, seed });
});

/** Which show what can be declared; the long run asks all. */
const TELLING = process.env.OURO_LONG === "1" ? {} : { properties: [ALIASING, REFUSALS, RELEASE] };

it("says too little of no allocator", () => {
  for (const maker of makeRigs(parts)) {
    const { warnings } = allocatorConformance(maker, { programCount: 4, seed, ...TELLING });
    expect(warnings, maker.name).toEqual([]);
  }
});
