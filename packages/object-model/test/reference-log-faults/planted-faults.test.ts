// Each fault before the property that is named for it:
// `npx vitest run packages/object-model/test/reference-log-faults`.
// Before all of them: `npm run test:faults -- --section "reference log"`.

import { testPlantedFaults } from "../../../../scripts/faults/test-planted-faults.js";
import { section } from "./fault-section.js";
import { properties } from "./properties.js";

testPlantedFaults(section, properties);
