// Each fault before the property that is named for it, and each property on sound sources:
// `npx vitest run packages/memory-manager/test/mistake-faults`.
// Before all of them: `npm run test:faults -- --section "known mistakes"`.

import { describe, expect, it } from "vitest";
import { testPlantedFaults } from "../../../../scripts/faults/test-planted-faults.js";
import { section } from "./fault-section.js";
import { properties } from "./properties.js";

testPlantedFaults(section, properties);

describe("without a fault", () => {
  it.each(properties)("$on $name", async ({ ask }) => {
    const outcome = await ask({ seed: 1, programCount: 1, shrinks: false });
    expect(outcome).toEqual({ isKilled: false, programCount: 1 });
  });
});
