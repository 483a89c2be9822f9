// The section of the reference log in docs/fault-matrix.md.

import type { FaultSection } from "../../../../scripts/faults/planted-fault.js";
import { plantedFaults } from "./planted-faults.js";

export const section: FaultSection = {
  name: "reference log",
  about: [
    "What checked mode remembers of the references it gave out, beside a list of all of them.",
  ],
  folder: "packages/object-model/src",
  faults: plantedFaults,
  propertiesModule: new URL("./properties.ts", import.meta.url).href,
};
