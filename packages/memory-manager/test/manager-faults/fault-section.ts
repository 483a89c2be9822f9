// The section of whole memory managers in docs/fault-matrix.md.

import type { FaultSection } from "../../../../scripts/faults/planted-fault.js";
import { mutatorFaults, recursionFaults } from "./mutator-faults.js";
import { plantedFaults } from "./planted-faults.js";
import { rareFaults } from "./rare-faults.js";

export const section: FaultSection = {
  name: "memory managers",
  about: [
    "Faults of parts that only a whole memory manager shows: the maps and the detector of the fast",
    "preset, what the mutator does where a strategy names no hook, and recursion.",
  ],
  folder: "packages",
  faults: [...plantedFaults, ...mutatorFaults, ...recursionFaults, ...rareFaults],
  propertiesModule: new URL("./properties.ts", import.meta.url).href,
};
