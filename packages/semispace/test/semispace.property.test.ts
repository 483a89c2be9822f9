import fc from "fast-check";
import { describe, it } from "vitest";
import * as parts from "../src/index.js";
import { semispaceProperties } from "./semispace-properties.js";

const RUN_COUNT = Number(process.env.OURO_RUNS ?? (process.env.OURO_LONG === "1" ? 40 : 8));
const TIMEOUT_MS = 60_000;

describe("the semispace collector", () => {
  it.each([...semispaceProperties])(
    "%s",
    (_name, property) => {
      fc.assert(property(parts), {
        numRuns: RUN_COUNT,
        interruptAfterTimeLimit: TIMEOUT_MS / 2,
      });
    },
    TIMEOUT_MS,
  );
});
