// Faults that arbitrary programs passed by, a thousand and more of them, until what they need was
// made more often: copies of an object along itself, weak references to garbage in cycles
// (docs/decisions/0013).

import * as suite from "@ouro/testkit";
import type { PlantedFault } from "../../../../scripts/faults/planted-fault.js";

const FINALIZATION = {
  file: "finalization/src/finalization.ts",
  on: "cpython-3.13, low thresholds",
} as const;

export const rareFaults: readonly PlantedFault[] = [
  {
    name: "a copy that goes down forgets the dead but the last",
    file: "refcount/src/counting-barrier.ts",
    on: "refcount-only",
    find: "      words[dead] = ~first;",
    replace: "      words[dead] = ~0;",
    killedBy: suite.ACYCLIC,
  },
  {
    ...FINALIZATION,
    name: "a weak reference that a collection empties is not called back",
    find: "if (get(each + CALLBACK) === 0 || isFound(each)) continue;",
    replace: "if (get(each + CALLBACK) === 0 || isFound(each) || last === 0) continue;",
    killedBy: suite.WEAK_REFERENCES,
  },
  {
    ...FINALIZATION,
    name: "of the weak references that a collection empties the last one is called back",
    find: "words[last === 0 ? base : last + PENDING] = each;\n        increment(each);",
    replace: "words[base] = each;\n        increment(each);",
    killedBy: suite.WEAK_REFERENCES,
  },
];
