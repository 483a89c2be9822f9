import fc from "fast-check";
import { describe, it } from "vitest";
import * as parts from "../src/index.js";
import { programProperty, propertyNames } from "./programs.js";

const RUN_COUNT = Number(process.env.OURO_RUNS ?? (process.env.OURO_LONG === "1" ? 30 : 15));
const TIMEOUT_MS = 60_000;

describe("mark-sweep, on random programs,", () => {
  it.each(propertyNames)(
    "%s",
    (name) => {
      fc.assert(programProperty(name, parts), {
        numRuns: RUN_COUNT,
        interruptAfterTimeLimit: TIMEOUT_MS / 2,
      });
    },
    TIMEOUT_MS,
  );
});
