import { expect, test } from "vitest";
import * as parts from "../src/index.js";
import { ODD_STRUCTURES, oddStructureFlawsOf } from "./odd-structures.js";

test.each(ODD_STRUCTURES)("$name refuses whatever is none for it, by name", (each) => {
  expect(oddStructureFlawsOf(each, parts)).toEqual([]);
});
