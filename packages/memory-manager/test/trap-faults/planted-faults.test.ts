// Each fault before the property that is named for it:
// `npx vitest run packages/memory-manager/test/trap-faults`.
// Before all of them: `npm run test:faults -- --section traps`.

import { expect, it } from "vitest";
import { testPlantedFaults } from "../../../../scripts/faults/test-planted-faults.js";
import { trapCases, trapName, wideEpochs } from "../contract-traps.js";
import { section } from "./fault-section.js";
import { properties } from "./properties.js";

testPlantedFaults(section, properties);

it("each of the fourteen traps has a fault that leads into it", () => {
  const killers = new Set(section.faults.map(({ killedBy }) => killedBy));
  const missed = [...trapCases, wideEpochs].map(trapName).filter((name) => !killers.has(name));
  expect(missed).toEqual([]);
});
