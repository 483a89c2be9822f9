import fc from "fast-check";
import { describe, it } from "vitest";
import * as parts from "../src/index.js";
import { compositions } from "./compositions.js";
import { listProperty } from "./list-property.js";
import { mapProperty } from "./map-property.js";
import { stringProperty } from "./string-property.js";

const numRuns = process.env.OURO_LONG === "1" ? 20 : 8;

describe.each(compositions)("with $name", ({ make }) => {
  it("a list is what an array of the same commands is", () => {
    fc.assert(listProperty(parts, make), { numRuns });
  });

  it("a map is what a JavaScript map of the same commands is, order included", () => {
    fc.assert(mapProperty(parts, make), { numRuns });
  });

  it("a string is what a JavaScript string is", () => {
    fc.assert(stringProperty(parts, make), { numRuns });
  });
});
