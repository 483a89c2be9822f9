// Faults of the empty pool that waits in its list, and the property that kills each.

import { ALLOCATOR_SOUND, SWEEP_SOUND } from "@ouro/testkit";
import { ARENA_CHOICE } from "../arena-choice.js";
import { WAITING_OBSERVED } from "../waiting-observed.js";
import type { AllocatorFault } from "./planted-fault.js";

const POOLS = { file: "pool-allocator.ts", on: "pool allocator" } as const;

export const waitingFaults: readonly AllocatorFault[] = [
  {
    ...POOLS,
    name: "another pool is taken while an empty one waits",
    find: `  function startPool(granules: number): boolean {
    releaseWaiting();`,
    replace: "  function startPool(granules: number): boolean {",
    killedBy: ARENA_CHOICE,
  },
  {
    ...POOLS,
    name: "an empty pool waits though another arena would give the next pool",
    find: " && isNext(pool);",
    replace: ";",
    killedBy: ARENA_CHOICE,
  },
  {
    ...POOLS,
    name: "an empty pool waits before others in its list",
    find: "return words[pool + NEXT_POOL] === noPool && waits &&",
    replace: "return waits &&",
    killedBy: ARENA_CHOICE,
  },
  {
    ...POOLS,
    name: "a pool that waited is given back although blocks live in it again",
    find: "    if (words[pool + USED_COUNT] !== 0) return;\n    unlink(pool);",
    replace: "    unlink(pool);",
    killedBy: ALLOCATOR_SOUND,
  },
  {
    ...POOLS,
    name: "an observer hears nothing of a waiting pool that another view left",
    find: "    if (words[pool + USED_COUNT] !== 0) return;\n    unlink(pool);\n    release(pool);",
    replace:
      "    if (words[pool + USED_COUNT] !== 0) return;\n    unlink(pool);\n    releasePool(pool);",
    killedBy: WAITING_OBSERVED,
  },
  {
    name: "a pool still waits when a sweep begins",
    file: "pool-sweep.ts",
    on: "pool allocator",
    find: "    swept.releaseWaiting();\n",
    replace: "",
    killedBy: SWEEP_SOUND,
  },
];
