// The section of the testkit's own look at used-up memory in docs/fault-matrix.md.

import type { FaultSection } from "../../../../scripts/faults/planted-fault.js";
import { plantedFaults } from "./planted-faults.js";

export const section: FaultSection = {
  name: "testkit, memory used up",
  about: [
    "What refuses each allocation in turn, itself at fault: an allocation would not be tried.",
  ],
  folder: "packages/testkit/src",
  faults: plantedFaults,
  propertiesModule: new URL("./properties.ts", import.meta.url).href,
};
