// The section of the `ouro` command in docs/fault-matrix.md.

import type { FaultSection } from "../../../../scripts/faults/planted-fault.js";
import { plantedFaults } from "./planted-faults.js";

export const section: FaultSection = {
  name: "ouro command",
  about: [
    "Faults of the command: what it compares and how it says so, what it tells of a program, what",
    "it answers to a slip, and what is left after Ctrl-C. It is played in one process.",
  ],
  folder: "apps/demo/src",
  faults: plantedFaults,
  propertiesModule: new URL("./properties.ts", import.meta.url).href,
};
