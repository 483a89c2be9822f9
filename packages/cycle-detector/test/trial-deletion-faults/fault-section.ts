// The section of trial deletion in docs/fault-matrix.md.

import type { FaultSection } from "../../../../scripts/faults/planted-fault.js";
import { plantedFaults } from "./planted-faults.js";

export const section: FaultSection = {
  name: "trial deletion",
  about: [
    "Trial deletion in the cycle detector, and what of it stands in the memory manager. A property",
    "is a small program with an exact outcome; the last two are asked of arbitrary graphs, over",
    "the detector and its buffer alone.",
  ],
  folder: "packages",
  faults: plantedFaults,
  propertiesModule: new URL("./properties.ts", import.meta.url).href,
};
