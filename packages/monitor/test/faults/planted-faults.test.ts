// Each fault before the property that is named for it:
// `npx vitest run packages/monitor/test/faults`.
// Before all of them: `npm run test:faults -- --section monitor`.

import { testPlantedFaults } from "../../../../scripts/faults/test-planted-faults.js";
import { section } from "./fault-section.js";
import { properties } from "./properties.js";

testPlantedFaults(section, properties);
