// The section of odd options and arguments in docs/fault-matrix.md.

import type { FaultSection } from "../../../../scripts/faults/planted-fault.js";
import { plantedFaults } from "./planted-faults.js";

export const section: FaultSection = {
  name: "odd options",
  about: [
    "What a program without a type checker passes to what composes, and to what is asked in any",
    "mode.",
    "The properties are the calls of `packages/memory-manager/test/odd-options.ts`.",
  ],
  folder: "packages",
  faults: plantedFaults,
  propertiesModule: new URL("./properties.ts", import.meta.url).href,
};
