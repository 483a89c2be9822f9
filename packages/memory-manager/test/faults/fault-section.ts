// The section of what collections leave behind in docs/fault-matrix.md.

import type { FaultSection } from "../../../../scripts/faults/planted-fault.js";
import { plantedFaults } from "./planted-faults.js";

export const section: FaultSection = {
  name: "rest and competition",
  about: [
    "What is left behind when a collection is over, and the order in which finalizers compete. The",
    "properties of rest play all their programs: they do not say which one failed.",
  ],
  folder: "packages",
  faults: plantedFaults,
  propertiesModule: new URL("./properties.ts", import.meta.url).href,
};
