import fc from "fast-check";
import { expect, it } from "vitest";
import * as parts from "../src/index.js";
import { COMPOSITION, compositionProperty } from "./compositions.js";

const RUN_COUNT = Number(process.env.OURO_RUNS ?? (process.env.OURO_LONG === "1" ? 60 : 40));

it(`a random stack of layers ${COMPOSITION}`, () => {
  const result = fc.check(compositionProperty(parts), { numRuns: RUN_COUNT });
  expect(result.failed, fc.defaultReportMessage(result)).toBe(false);
}, 60_000);
