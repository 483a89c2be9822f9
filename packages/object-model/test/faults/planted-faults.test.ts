// Each fault before the property that is named for it:
// `npx vitest run packages/object-model/test/faults`.
// Before all of them: `npm run test:faults -- --section object-model`.

import { testPlantedFaults } from "../../../../scripts/faults/test-planted-faults.js";
import { refusals } from "../refusals.js";
import { section } from "./fault-section.js";
import { refusal } from "./planted-faults.js";
import { properties } from "./properties.js";

testPlantedFaults(
  section,
  properties,
  refusals.map(({ name }) => refusal(name)),
);
