// Every trait is checked: each declaration that says too much or too little is planted, and the
// suite is seen to refute it or to warn of it.

import type { Traits } from "@ouro/interfaces";
import { describe, expect, it } from "vitest";
import * as kit from "../../src/index.js";
import { NOTING, type TraitRow, traitRows } from "./trait-rows.js";

/** A trait that is added has to be named here, and then needs rows. */
const TRAITS = Object.keys({
  moves: 0,
  collectsAt: 0,
  counts: 0,
  cycles: 0,
  cyclesThrough: 0,
  death: 0,
  exact: 0,
  slices: 0,
  programCode: 0,
  finalizationOrder: 0,
  collectionOrder: 0,
  resurrection: 0,
  hooks: 0,
  headerBits: 0,
  sideBytesPerGranule: 0,
} satisfies Record<keyof Traits, 0>);

/** Both words of these say as much: each is false of the other. */
const EVEN = ["slices", "hooks", "finalizationOrder"];

const WARNING_PROGRAM_COUNT = 30;

function reportOf({ found, maker }: TraitRow): kit.Report {
  const options =
    "refutedBy" in found
      ? { properties: [found.refutedBy], programCount: 200, shrinks: false }
      : { properties: NOTING, programCount: WARNING_PROGRAM_COUNT, shrinks: false };
  return "make" in maker
    ? kit.memoryManagerConformance(maker, options)
    : kit.collectorConformance(maker, options);
}

describe("A declared trait is held to what is so", () => {
  it.each(traitRows)("$trait declared $declared, and $truth: told ($is)", (row) => {
    const report = reportOf(row);
    if ("refutedBy" in row.found) expect(report.failCount).toBe(1);
    else expect(report.warnings.join("\n")).toContain(row.found.warning);
  });
});

it.each(TRAITS)(
  "%s is refuted where it says too much, and told where it says too little",
  (trait) => {
    const kinds = traitRows.filter((row) => row.trait === trait).map(({ is }) => is);
    expect(kinds).toContain("false");
    expect(EVEN.includes(trait) || kinds.some((is) => is !== "false")).toBe(true);
  },
);
