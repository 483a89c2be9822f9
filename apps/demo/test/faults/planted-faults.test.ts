// Each fault before the property that is named for it:
// `npx vitest run apps/demo/test/faults/planted-faults.test.ts`.
// Before all of them: `npm run test:faults -- --section "ouro command"`.

import { testPlantedFaults } from "../../../../scripts/faults/test-planted-faults.js";
import { section } from "./fault-section.js";
import { properties } from "./properties.js";

/** The default suite plants the first fault of each property, and no more. */
testPlantedFaults(section, properties, [], section.faults.length);
