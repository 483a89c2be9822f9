// Each fault before the property that is named for it:
// `npx vitest run packages/testkit/test/exhaustion-faults`.

import { testPlantedFaults } from "../../../../scripts/faults/test-planted-faults.js";
import { section } from "./fault-section.js";
import { properties } from "./properties.js";

testPlantedFaults(section, properties);
