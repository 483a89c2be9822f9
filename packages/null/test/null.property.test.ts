import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as parts from "../src/index.js";
import { nullProperties } from "./null-properties.js";

const RUN_COUNT = Number(process.env.OURO_RUNS ?? 40);
const TIMEOUT_MS = 60_000;

describe("the null collector", () => {
  it.each([...nullProperties])(
    "%s",
    (_name, property) => {
      fc.assert(property(parts), {
        numRuns: RUN_COUNT,
        interruptAfterTimeLimit: TIMEOUT_MS / 2,
      });
    },
    TIMEOUT_MS,
  );

  it("promises nothing that it does not do", () => {
    const { traits } = parts.nullStrategy();
    expect(traits).toMatchObject({ moves: false, collectsAt: [], cycles: "never", exact: false });
    expect(traits).toMatchObject({ hooks: [], headerBits: [], sideBytesPerGranule: 0 });
  });
});
