import fc from "fast-check";
import { describe, it } from "vitest";
import * as parts from "../src/index.js";
import { countProperties, countProperty } from "./count-properties.js";
import { DEPTH } from "./property-names.js";

const RUN_COUNT = Number(process.env.OURO_RUNS ?? (process.env.OURO_LONG === "1" ? 60 : 12));
const TIMEOUT_MS = 60_000;

describe("reference counting", () => {
  it.each(countProperties)(
    "%s",
    (name) => {
      fc.assert(countProperty(name, parts), {
        numRuns: name === DEPTH ? 4 : RUN_COUNT,
        interruptAfterTimeLimit: TIMEOUT_MS / 2,
      });
    },
    TIMEOUT_MS,
  );
});
