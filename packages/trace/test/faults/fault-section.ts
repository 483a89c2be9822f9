// The section of cpython-3.13 in docs/fault-matrix.md.

import type { FaultSection } from "../../../../scripts/faults/planted-fault.js";
import { plantedFaults } from "./planted-faults.js";

export const section: FaultSection = {
  name: "cpython-3.13",
  about: [
    "Faults of the parts of CPython's preset: it disagrees with a recorded program, or its heap is",
    "found broken. Programs are played in the order of their files, whatever the seed. The last",
    "two are of plans: what a tracing strategy is held to that carries one out.",
  ],
  folder: "packages",
  faults: plantedFaults,
  propertiesModule: new URL("./properties.ts", import.meta.url).href,
};
