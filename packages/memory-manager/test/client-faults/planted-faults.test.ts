// Each fault of a client before the mode that is named for it, and those of one mode before the
// other: `npx vitest run packages/memory-manager/test/client-faults`.
// Before both: `npm run test:faults -- --section clients`.

import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { sourcesWith } from "../../../../scripts/faults/edit-sources.js";
import type { PlantedFault } from "../../../../scripts/faults/planted-fault.js";
import { testPlantedFaults } from "../../../../scripts/faults/test-planted-faults.js";
import { openTrial, toUrls } from "../../../../scripts/faults/trial.js";
import { section } from "./fault-section.js";
import { COUNTING, MOVING, seenByBoth, seenByCounting, seenByMoving } from "./planted-faults.js";
import { properties } from "./properties.js";

const root = fileURLToPath(new URL("../../../..", import.meta.url)).replace(/[\\/]$/, "");

testPlantedFaults(section, properties);

/** The names of the modes that see a fault. */
async function seers(fault: PlantedFault): Promise<string[]> {
  const edits = toUrls(sourcesWith(fault, section, root), root);
  const trial = await openTrial({ edits, propertiesModule: section.propertiesModule });
  const seen: string[] = [];
  for (const [index, { name }] of trial.properties.entries()) {
    const asked = { seed: 1, programCount: 1, shrinks: false };
    if ((await trial.ask(index, asked)).isKilled) seen.push(name);
  }
  await trial.close();
  return seen;
}

describe("each mode sees what the other cannot", () => {
  it.each(seenByCounting)("eager counting alone sees that $name", async (fault) => {
    expect(await seers(fault)).toEqual([COUNTING]);
  });

  it.each(seenByMoving)("moving alone sees that $name", async (fault) => {
    expect(await seers(fault)).toEqual([MOVING]);
  });

  it.each(seenByBoth)("both see that $name", async (fault) => {
    expect(await seers(fault)).toEqual([COUNTING, MOVING]);
  });
});
