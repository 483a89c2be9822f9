// The section of known mistakes in docs/fault-matrix.md.

import type { FaultSection } from "../../../../scripts/faults/planted-fault.js";
import { plantedFaults } from "./planted-faults.js";

export const section: FaultSection = {
  name: "known mistakes",
  about: [
    "What whoever writes CPython's memory management anew is known to get wrong, where no other",
    "section has it. A property is a small program with an exact outcome.",
  ],
  folder: "packages",
  faults: plantedFaults,
  propertiesModule: new URL("./properties.ts", import.meta.url).href,
};
