// Each fault before the property that is named for it:
// `npx vitest run packages/memory-manager/test/manager-faults`.
// Before all of them: `npm run test:faults -- --section "memory managers"`.

import { testPlantedFaults } from "../../../../scripts/faults/test-planted-faults.js";
import { section } from "./fault-section.js";
import { properties } from "./properties.js";

// The suite's own faults are the testkit's: here a few of its properties have one.
const idle = properties.map(({ name }) => name);

testPlantedFaults(section, properties, idle);
