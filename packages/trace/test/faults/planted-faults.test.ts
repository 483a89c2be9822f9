// Each fault before the property that is named for it:
// `npx vitest run packages/trace/test/faults`.
// Before all of them: `npm run test:faults -- --section cpython-3.13`.

import { expect, it } from "vitest";
import { testPlantedFaults } from "../../../../scripts/faults/test-planted-faults.js";
import { section } from "./fault-section.js";
import { HOLDS } from "./planted-faults.js";
import { properties } from "./properties.js";

testPlantedFaults(section, properties);

it("finds no fault in plans as they are", () => {
  const holding = properties.find(({ name }) => name === HOLDS);
  const asked = { seed: 1, programCount: 1, shrinks: false };
  expect(holding?.ask(asked)).toEqual({ isKilled: false, programCount: 1 });
});
