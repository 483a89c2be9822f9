import type { Strategy } from "@ouro/interfaces";
import { createMemoryManager, PRESET_NAMES, type PresetName } from "@ouro/memory-manager";
import { describe, expect, it } from "vitest";
import * as parts from "../src/index.js";
import { entriesOf, goodFlawOf, makeOddRig, ODD_ENTRIES, oddFlawsOf } from "./odd-arguments.js";

const strategyOf = (preset: PresetName): Strategy =>
  createMemoryManager(preset, { reservationBytes: 16 << 20 }).strategy;

it("no entry of the checked mutator is left out", () => {
  const { mutator } = makeOddRig(parts);
  const listed = new Set(ODD_ENTRIES.map(({ name, call = name }) => call));
  expect(entriesOf(mutator).sort()).toEqual([...listed].sort());
});

describe.each(PRESET_NAMES)("checked mode over %s", (preset) => {
  const strategy = strategyOf(preset);

  it.each(ODD_ENTRIES)("refuses in $name whatever is no number, or none for it", (entry) => {
    expect(goodFlawOf(entry, makeOddRig(parts, strategy))).toBeUndefined();
    expect(oddFlawsOf(entry, makeOddRig(parts, strategy))).toEqual([]);
  });
});
