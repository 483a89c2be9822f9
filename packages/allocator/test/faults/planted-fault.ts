// What the tables of the allocator's faults have in common.

import type { PlantedFault } from "../../../../scripts/faults/planted-fault.js";

/** The names of the rigs: see rigs.ts. */
export interface AllocatorFault extends PlantedFault {
  readonly on:
    | "pool allocator"
    | "large block allocator"
    | "size router"
    | "bump allocator"
    | "free list allocator"
    | "counting allocator"
    | "checked allocator";
}
