import * as parts from "@ouro/memory-manager";
import { expect, test } from "vitest";
import { ODD_OPTIONS, oddOptionFlawsOf } from "./odd-options.js";

test.each(ODD_OPTIONS)("$name refuses whatever is none for it, by name", (each) => {
  expect(oddOptionFlawsOf(each, parts)).toEqual([]);
});

test("thresholds by another name are refused, and a version that there is not", () => {
  const { cpythonStrategy, cpythonFastStrategy } = parts;
  const thresholds = { young: 1, middle: 2, old: 3, yung: 4 };
  expect(() => cpythonStrategy({ thresholds })).toThrow(
    "cpythonStrategy (thresholds): option yung is not known. Options: young, middle, old",
  );
  expect(() => cpythonFastStrategy({ version: "3.11" as never })).toThrow(
    'option version is the text "3.11", which it cannot be. Choose from 3.12, 3.13',
  );
});
