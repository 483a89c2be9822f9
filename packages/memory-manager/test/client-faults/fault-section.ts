// The section of a client's errors in docs/fault-matrix.md.

import type { FaultSection } from "../../../../scripts/faults/planted-fault.js";
import { plantedFaults } from "./planted-faults.js";

export const section: FaultSection = {
  name: "clients",
  about: [
    "Errors of a client: the stack machine of docs/bring-your-own-runtime.md, with its programs,",
    "in checked mode. Eager counting finds what is used after its last reference went, moving at",
    "every safepoint what is kept over one without an epoch; each finds what the other cannot.",
  ],
  folder: "packages/memory-manager/test/stack-machine",
  faults: plantedFaults,
  propertiesModule: new URL("./properties.ts", import.meta.url).href,
};
