// Each fault before the property that is named for it:
// `npx vitest run packages/memory-manager/test/trap-faults`.
// Before all of them: `npm run test:faults -- --section traps`.

import { testPlantedFaults } from "../../../../scripts/faults/test-planted-faults.js";
import { section } from "./fault-section.js";
import { properties } from "./properties.js";

testPlantedFaults(section, properties);
