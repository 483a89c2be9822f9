// The section of the contract's traps in docs/fault-matrix.md.

import type { FaultSection } from "../../../../scripts/faults/planted-fault.js";
import { plantedFaults } from "./planted-faults.js";

export const section: FaultSection = {
  name: "traps",
  about: [],
  folder: "packages/memory-manager/src",
  faults: plantedFaults,
  propertiesModule: new URL("./properties.ts", import.meta.url).href,
};
