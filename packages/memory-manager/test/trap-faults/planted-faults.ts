// Faults of trap 6, memory called out though it is full of garbage, and of trap 7, a finalizer that
// makes finalizable garbage and keeps a collection from ending. Each is a small change of the
// sources, and the case that kills it under the strategy that has it.

import type { PlantedFault } from "../../../../scripts/faults/planted-fault.js";
import { COLLECTS_FIRST } from "../emergency-collection.js";
import { NO_SECOND, ONE_COLLECTION } from "../finalizer-chains.js";

const TRIAL = "refcount-trial-deletion";
const CPYTHON = "cpython-3.13";
const FAST = "cpython-3.13-fast";

const NESTED = {
  name: "a collection begins within another",
  file: "../../generational/src/generations.ts",
  find: "if (get(IS_COLLECTING) === 1) return",
  replace: "if (get(IS_COLLECTING) === 2) return",
  killedBy: NO_SECOND,
} as const;

export const plantedFaults: readonly PlantedFault[] = [
  {
    name: "memory is called out before everything is collected",
    on: CPYTHON,
    file: "../../object-model/src/mutator.ts",
    find: "    collectUpTo(collector.oldestGeneration);\n",
    replace: "",
    killedBy: COLLECTS_FIRST,
  },
  {
    name: "a collection makes passes as long as finalizers make garbage",
    on: TRIAL,
    file: "candidate-collection.ts",
    find: "if (passOnce()) latePasses++;",
    replace: "if (passOnce()) latePasses += 0;",
    killedBy: ONE_COLLECTION,
  },
  {
    name: "a collection of candidates begins within another",
    on: TRIAL,
    file: "trial-deletion-strategy.ts",
    find: "if (collection.isCollecting()) return NO_COLLECTION;",
    replace: "",
    killedBy: NO_SECOND,
  },
  { ...NESTED, on: CPYTHON },
  { ...NESTED, name: "a collection by maps begins within another", on: FAST },
];
