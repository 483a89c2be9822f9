import fc from "fast-check";
import { it } from "vitest";
import * as parts from "../src/index.js";
import { ARENA_CHOICE, arenaChoiceProperty } from "./arena-choice.js";

it(ARENA_CHOICE, () => {
  fc.assert(arenaChoiceProperty(parts), { numRuns: Number(process.env.OURO_RUNS ?? 60) });
}, 60_000);
