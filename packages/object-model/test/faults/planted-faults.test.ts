// Each fault before the property that is named for it:
// `npx vitest run packages/object-model/test/faults`.
// Before all of them: `npm run test:faults -- --section object-model`.

import { testPlantedFaults } from "../../../../scripts/faults/test-planted-faults.js";
import { facadeRefusals } from "../facade-refusals.js";
import { ODD_ENTRIES } from "../odd-arguments.js";
import { ODD_STRUCTURES } from "../odd-structures.js";
import { refusals } from "../refusals.js";
import { section } from "./fault-section.js";
import { odd } from "./number-faults.js";
import { facade, refusal } from "./planted-faults.js";
import { properties } from "./properties.js";
import { structure } from "./structure-faults.js";

testPlantedFaults(section, properties, [
  ...refusals.map(({ name }) => refusal(name)),
  ...facadeRefusals.map(({ name }) => facade(name)),
  ...ODD_ENTRIES.map(({ name }) => odd(name)),
  ...ODD_STRUCTURES.map(({ name }) => structure(name)),
]);
