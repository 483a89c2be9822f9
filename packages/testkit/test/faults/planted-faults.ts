// Faults that collectors are known for, each planted in a toy strategy, and the property that kills
// it alone, the others not looking.

import type { PropertyName } from "../../src/index.js";
import * as property from "../../src/index.js";
import type { Fault, ToyKind } from "../toy-strategies.js";

export interface PlantedFault {
  readonly fault: Exclude<Fault, "none">;
  readonly on: ToyKind;
  readonly killedBy: PropertyName;
}

export const plantedFaults: readonly PlantedFault[] = [
  {
    fault: "drops the last object that it reached",
    on: "tracing",
    killedBy: property.CONTENTS,
  },
  {
    fault: "drops what only an owned-only slot holds",
    on: "tracing",
    killedBy: property.CONTENTS,
  },
  {
    fault: "forgets frames below the current one",
    on: "tracing",
    killedBy: property.CONTENTS,
  },
  { fault: "swaps two slots when it collects", on: "tracing", killedBy: property.CONTENTS },
  { fault: "gives a fresh object a wrong type", on: "tracing", killedBy: property.CONTENTS },
  { fault: "forgets to update a root", on: "moving", killedBy: property.CONTENTS },
  { fault: "forgets to update the last slot", on: "moving", killedBy: property.CONTENTS },
  { fault: "copies an object without its last word", on: "moving", killedBy: property.CONTENTS },
  { fault: "decrements before it increments", on: "counting", killedBy: property.CONTENTS },
  { fault: "forgets the count of a copy", on: "counting", killedBy: property.CONTENTS },
  {
    fault: "drops the last object that it reached",
    on: "tracing",
    killedBy: property.DEATHS,
  },
  { fault: "frees twice", on: "tracing", killedBy: property.DEATHS },
  { fault: "frees twice", on: "counting", killedBy: property.DEATHS },
  { fault: "says that one more was reclaimed", on: "tracing", killedBy: property.DEATHS },
  { fault: "walks an object twice", on: "tracing", killedBy: property.DEATHS },
  {
    fault: "tells of no reclaim in the sweep of large objects",
    on: "tracing",
    killedBy: property.DEATHS,
  },
  { fault: "lets the dead wait", on: "counting", killedBy: property.ACYCLIC },
  {
    fault: "forgets the decrement of a dropped frame",
    on: "counting",
    killedBy: property.ACYCLIC,
  },
  { fault: "leaks objects without slots", on: "tracing", killedBy: property.ACYCLIC },
  { fault: "leaks rings", on: "tracing", killedBy: property.EXACT },
  { fault: "leaks objects without slots", on: "moving", killedBy: property.EXACT },
  { fault: "forgets the count of a copy", on: "counting", killedBy: property.COUNTS },
  { fault: "counts a move twice", on: "counting", killedBy: property.COUNTS },
  {
    fault: "forgets the decrement of a dropped frame",
    on: "counting",
    killedBy: property.COUNTS,
  },
  { fault: "leaves a word of its own broken", on: "tracing", killedBy: property.SOUND },
  { fault: "forgets to update a root", on: "moving", killedBy: property.SOUND },
  { fault: "swaps two slots when it collects", on: "tracing", killedBy: property.SAME_GRAPH },
  { fault: "leaks rings", on: "tracing", killedBy: property.NOTHING_LEFT },
  {
    fault: "keeps an arena for every large object",
    on: "tracing",
    killedBy: property.NOTHING_LEFT,
  },
  {
    fault: "writes where it must not when it refuses",
    on: "tracing",
    killedBy: property.MEMORY,
  },
  { fault: "refuses with another error", on: "tracing", killedBy: property.MEMORY },
  {
    fault: "says that one more was reclaimed when it refuses",
    on: "tracing",
    killedBy: property.MEMORY,
  },
  { fault: "is full for good once it refused", on: "counting", killedBy: property.MEMORY },
];
