import { it } from "vitest";
import * as parts from "../src/index.js";
import { ARENA_CHOICE, checkArenaChoice } from "./arena-choice.js";

it(ARENA_CHOICE, () => {
  checkArenaChoice(parts, { numRuns: Number(process.env.OURO_RUNS ?? 60) });
}, 60_000);
