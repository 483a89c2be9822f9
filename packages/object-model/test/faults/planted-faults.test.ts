// Each fault before the property that is named for it:
// `npx vitest run packages/object-model/test/faults`.
// Before all of them: `npm run test:faults -- --section object-model`.

import { testPlantedFaults } from "../../../../scripts/faults/test-planted-faults.js";
import { facadeRefusals } from "../facade-refusals.js";
import { refusals } from "../refusals.js";
import { section } from "./fault-section.js";
import { facade, refusal } from "./planted-faults.js";
import { properties } from "./properties.js";

testPlantedFaults(section, properties, [
  ...refusals.map(({ name }) => refusal(name)),
  ...facadeRefusals.map(({ name }) => facade(name)),
]);
