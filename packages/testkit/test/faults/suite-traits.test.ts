// What is declared of detectors and heaps is checked as strategies' traits are: what is false is
// refuted, and what says too little or was never shown is warned of.

import { describe, expect, it } from "vitest";
import * as kit from "../../src/index.js";
import { toyDetectors } from "../toy-detector.js";
import { suiteTraitRows } from "./suite-trait-rows.js";

describe("A declaration is held to what is so", () => {
  it.each(suiteTraitRows)("$suite: $trait declared $declared, and $truth", ({ found, report }) => {
    const { verdicts, warnings } = report();
    const failed = verdicts.filter(({ outcome }) => outcome === "fails");
    if ("warning" in found) expect(warnings.join("\n")).toContain(found.warning);
    else expect(failed.map(({ property }) => property)).toContain(found.refutedBy);
  });
});

it("A detector that is declared as it is gets no warning, and its report has every trait", () => {
  const { warnings, traits } = kit.detectorConformance(toyDetectors(), {
    ...{ properties: [kit.FINDS_GARBAGE_ONLY], programCount: 60 },
  });
  expect(warnings).toEqual([]);
  expect(traits).toEqual({ complete: true, order: "any", observed: true });
});
