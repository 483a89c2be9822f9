// Under every preset, whatever a program did: when nothing is under way, what collections write
// beside the heap is all-clear, and what tells tracking and generation says it of what is there.
// OURO_RUNS sets the programs of each kind (default 4), OURO_SEED the seed.

import { expect, it } from "vitest";
import { presets } from "./presets.js";
import { restProblem, twinRestProblem } from "./rest-programs.js";

const programCount = Number(process.env.OURO_RUNS ?? (process.env.OURO_LONG === "1" ? 200 : 4));
const seed = Number(process.env.OURO_SEED ?? 1);
const TIMEOUT_MILLISECONDS = 60_000 + programCount * 2000;

const generational = [...presets].filter(([name]) => name.startsWith("cpython"));

it.each([...presets])(
  "Under %s marks, maps, lists and headers are clear at rest",
  (_, make) => {
    expect(restProblem(make, { programCount, seed })).toBeUndefined();
  },
  TIMEOUT_MILLISECONDS,
);

it.each(generational)(
  "Under %s they are clear after collections of single generations and freezing too",
  (_, make) => {
    expect(twinRestProblem(make, { programCount, seed })).toBeUndefined();
  },
  TIMEOUT_MILLISECONDS,
);
