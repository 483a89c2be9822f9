// Each fault before the property that is named for it:
// `npx vitest run packages/memory-manager/test/option-faults`.
// Before all of them: `npm run test:faults -- --section "odd options"`.

import { testPlantedFaults } from "../../../../scripts/faults/test-planted-faults.js";
import { ODD_OPTIONS } from "../odd-options.js";
import { section } from "./fault-section.js";
import { option } from "./planted-faults.js";
import { properties } from "./properties.js";

// There are more calls than ways to take what they must not.
testPlantedFaults(
  section,
  properties,
  ODD_OPTIONS.map(({ name }) => option(name)),
);
