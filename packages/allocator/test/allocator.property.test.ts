import fc from "fast-check";
import { describe, it } from "vitest";
import * as parts from "../src/index.js";
import { allocatorProperties, allocatorProperty } from "./allocator-properties.js";
import { makeRigs } from "./rigs.js";

const RUN_COUNT = Number(process.env.OURO_RUNS ?? 25);
const TIMEOUT_MS = 60_000;

describe.each(makeRigs(parts))("the $name", (maker) => {
  it.each([...allocatorProperties.keys()])(
    "%s",
    (name) => {
      fc.assert(allocatorProperty(name, maker), {
        numRuns: RUN_COUNT,
        interruptAfterTimeLimit: TIMEOUT_MS / 2,
      });
    },
    TIMEOUT_MS,
  );
});
