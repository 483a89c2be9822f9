// What the faults of trial deletion are held against: programs with an exact outcome, and
// properties of the detector over its buffer by itself.

import { composeMemoryManager, trialDeletionStrategy } from "@ouro/memory-manager";
import { checkedProperty, exactCase } from "../../../../scripts/faults/check-property.js";
import { entriesRunOut, RUN_OUT } from "../entries-run-out.js";
import { pitfalls } from "../pitfalls.js";
import { trialProperty, trialPropertyNames } from "../trial-properties.js";

const RUN_LIMIT = 300;

export const properties = [
  ...Object.entries(pitfalls).map(([name, scenario]) =>
    exactCase(name, () => scenario({ composeMemoryManager, trialDeletionStrategy })),
  ),
  exactCase(RUN_OUT, entriesRunOut),
  ...trialPropertyNames.map((name) =>
    checkedProperty({ name, programLimit: RUN_LIMIT }, () => trialProperty(name)),
  ),
];
