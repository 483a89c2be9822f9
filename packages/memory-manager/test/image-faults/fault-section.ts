// The section of saved and restored heaps in docs/fault-matrix.md.

import type { FaultSection } from "../../../../scripts/faults/planted-fault.js";
import { plantedFaults } from "./planted-faults.js";

export const section: FaultSection = {
  name: "heap images",
  about: [
    "What a heap loses on the way into an image or out of it, under a preset that has it to lose.",
  ],
  folder: "packages",
  faults: plantedFaults,
  propertiesModule: new URL("./properties.ts", import.meta.url).href,
};
