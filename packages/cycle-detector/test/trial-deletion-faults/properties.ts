// What the faults of trial deletion are held against: programs with an exact outcome.

import { composeMemoryManager, trialDeletionStrategy } from "@ouro/memory-manager";
import { exactCase } from "../../../../scripts/faults/check-property.js";
import { pitfalls } from "../pitfalls.js";

export const properties = Object.entries(pitfalls).map(([name, scenario]) =>
  exactCase(name, () => scenario({ composeMemoryManager, trialDeletionStrategy })),
);
