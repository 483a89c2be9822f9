// Small changes of the sources, and the property that kills each.

import type { PlantedFault } from "../../../../scripts/faults/planted-fault.js";
import { BIRTH, FOREVER, MEMORY, WALK } from "../null-properties.js";

const file = "null-collector.ts";

export const plantedFaults: readonly PlantedFault[] = [
  {
    file,
    name: "a small object holds what lay there",
    find: "else for (let word = start;",
    replace: "else for (let word = end;",
    killedBy: BIRTH,
  },
  {
    file,
    name: "a large object holds what lay there in its last word",
    find: "words.fill(0, start, end);",
    replace: "words.fill(0, start, end - 1);",
    killedBy: BIRTH,
  },
  {
    file,
    name: "a size in words is taken for one in bytes",
    find: "tryAllocateBlock(sizeWords * 4)",
    replace: "tryAllocateBlock(sizeWords)",
    killedBy: FOREVER,
  },
  {
    file,
    name: "an object has no type",
    find: "words[block + TYPE_WORD_OFFSET] = type;",
    replace: "",
    killedBy: FOREVER,
  },
  {
    file,
    name: "a collection says that it reclaimed",
    find: "reclaimedCount: 0,\n  reclaimedBytes: 0,",
    replace: "reclaimedCount: 1,\n  reclaimedBytes: 0,",
    killedBy: FOREVER,
  },
  {
    file,
    name: "every number is an object",
    find: "isObject: (word) => allocator.owns(word)",
    replace: "isObject: (word) => word >= 0",
    killedBy: WALK,
  },
  {
    file,
    name: "live objects are not counted",
    find: "liveCount: liveBlockCount,",
    replace: "liveCount: 0 * liveBlockCount,",
    killedBy: WALK,
  },
  {
    file,
    name: "a refused block is written to",
    find: "if (block === 0) return 0;",
    replace: "",
    killedBy: MEMORY,
  },
];
