// The section of the map detector in docs/fault-matrix.md.

import type { FaultSection } from "../../../../scripts/faults/planted-fault.js";
import { plantedFaults } from "./planted-faults.js";

export const section: FaultSection = {
  name: "map detector",
  about: [
    "The map detector by itself, over objects that are laid down by hand, beside a naive one.",
  ],
  folder: "packages/cycle-detector/src",
  faults: plantedFaults,
  propertiesModule: new URL("./properties.ts", import.meta.url).href,
};
