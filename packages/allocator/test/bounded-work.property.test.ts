import fc from "fast-check";
import { describe, it } from "vitest";
import * as parts from "../src/index.js";
import { BOUNDED_WORK, boundedWorkProperty } from "./bounded-work.js";

const numRuns = process.env.OURO_LONG === "1" ? 3 : 1;

describe.each(["pool allocator", "large block allocator", "bump allocator", "free list allocator"])(
  "the %s",
  (name) => {
    it(BOUNDED_WORK, () => {
      fc.assert(boundedWorkProperty(parts, name), { numRuns });
    }, 60_000);
  },
);
