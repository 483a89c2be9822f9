// Each fault before the property that is named for it:
// `npx vitest run packages/cycle-detector/test/map-detector-faults`.
// Before all of them: `npm run test:faults -- --section "map detector"`.

import { testPlantedFaults } from "../../../../scripts/faults/test-planted-faults.js";
import { section } from "./fault-section.js";
import { properties } from "./properties.js";

testPlantedFaults(section, properties);
