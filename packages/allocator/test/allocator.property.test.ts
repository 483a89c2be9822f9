import { describe, it } from "vitest";
import * as parts from "../src/index.js";
import { allocatorProperties, checkProperty } from "./allocator-properties.js";
import { makeRigs } from "./rigs.js";

const RUN_COUNT = Number(process.env.OURO_RUNS ?? 25);
const TIMEOUT_MS = 60_000;

describe.each(makeRigs(parts))("the $name", (maker) => {
  it.each([...allocatorProperties.keys()])(
    "%s",
    (name) => {
      checkProperty(name, maker, { numRuns: RUN_COUNT });
    },
    TIMEOUT_MS,
  );
});
