// The section of the contract's traps in docs/fault-matrix.md.

import type { FaultSection } from "../../../../scripts/faults/planted-fault.js";
import { plantedFaults } from "./planted-faults.js";

export const section: FaultSection = {
  name: "traps",
  about: [
    "The fourteen traps of the mutator's contract, each with the faults that lead into it. The",
    "properties are the cases of `packages/memory-manager/test/contract-traps.ts`, which",
    "`contract-traps.test.ts` beside it plays under every preset.",
  ],
  folder: "packages",
  faults: plantedFaults,
  propertiesModule: new URL("./properties.ts", import.meta.url).href,
};
