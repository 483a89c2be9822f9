// Faults of the sweep, and the property that kills each.

import { SWEEP_EXACT, SWEEP_KEEPS, SWEEP_RELEASE, SWEEP_SOUND } from "@ouro/testkit";
import type { AllocatorFault } from "./planted-fault.js";

const POOLS = { file: "pool-allocator.ts", on: "pool allocator" } as const;
const POOL_SWEEP = { file: "pool-sweep.ts", on: "pool allocator" } as const;
const LARGE = { file: "large-block-allocator.ts", on: "large block allocator" } as const;
const LARGE_SWEEP = { file: "large-sweep.ts", on: "large block allocator" } as const;
const ROUTER = { file: "size-router.ts", on: "size router" } as const;

export const sweepFaults: readonly AllocatorFault[] = [
  {
    ...POOLS,
    name: "a pool taken while a sweep runs is swept, new blocks and all",
    find: "words[pool + layout.SWEPT_IN] = words[sweepNumber] as number;",
    replace: "",
    killedBy: SWEEP_EXACT,
  },
  {
    ...POOL_SWEEP,
    name: "pools serve before they are swept",
    find: "words.fill(noPool, used + 1, used + 1 + SIZE_CLASS_COUNT);",
    replace: "",
    killedBy: SWEEP_KEEPS,
  },
  {
    ...POOL_SWEEP,
    name: "a swept pool's free words stay as they were",
    find: "words[pool + layout.FREE_WORDS] = freeWords;",
    replace: "",
    killedBy: SWEEP_SOUND,
  },
  {
    ...POOL_SWEEP,
    name: "a swept pool's used count stays as it was",
    find: "words[pool + layout.USED_COUNT] = usedCount;",
    replace: "",
    killedBy: SWEEP_SOUND,
  },
  {
    ...POOL_SWEEP,
    name: "a pool in which nothing lives is not given back",
    find: "if (usedCount === 0) swept.release(pool);",
    replace: "if (usedCount === 0) return 1;",
    killedBy: SWEEP_SOUND,
  },
  {
    ...POOL_SWEEP,
    name: "the marks are read one granule off",
    find: "const live = get(map + index) & get(map + index + toMarks);",
    replace: "const live = get(map + index) & (get(map + index + toMarks) << 1);",
    killedBy: SWEEP_KEEPS,
  },
  {
    ...POOL_SWEEP,
    name: "the last pool carved of an arena is not swept",
    find: "for (let pool = carvedEnd(context, index) - 8; pool >= start; pool -= 8) {",
    replace: "for (let pool = carvedEnd(context, index) - 16; pool >= start; pool -= 8) {",
    killedBy: SWEEP_RELEASE,
  },
  {
    ...POOL_SWEEP,
    name: "garbage that waits for the sweep is live in the figures",
    find: "if (usedCount === 0 || !isUnswept(context, pool)) return usedCount;",
    replace: "if (usedCount >= 0) return usedCount;",
    killedBy: SWEEP_EXACT,
  },
  {
    ...POOLS,
    name: "garbage that waits for the sweep is walked",
    find: "if (words[sweepCursor] === 0 || owns(block)) visit",
    replace: "if (block > 0) visit",
    killedBy: SWEEP_EXACT,
  },
  {
    ...POOLS,
    name: "a free links a pool that waits for the sweep",
    find: "if (words[sweepCursor] !== 0 && isUnswept(context, pool)) return;",
    replace: "",
    killedBy: SWEEP_SOUND,
  },
  {
    ...POOLS,
    name: "a pool that waits for the sweep and comes empty is unlinked from no list",
    find: "if (!isUnswept(context, pool)) unlink(pool);",
    replace: "unlink(pool);",
    killedBy: SWEEP_SOUND,
  },
  {
    ...LARGE,
    name: "a large block handed out while a sweep runs gets no mark",
    find: "if (words[sweepCursor] !== 0) markNew(block);",
    replace: "",
    killedBy: SWEEP_KEEPS,
  },
  {
    ...LARGE_SWEEP,
    name: "every other arena of large blocks is not swept",
    find: "words[cursor] = index + 1 < context.arenaCount ? (index + 1) * ARENA_SIZE_WORDS : 0;",
    replace: "words[cursor] = index + 1 < context.arenaCount ? (index + 2) * ARENA_SIZE_WORDS : 0;",
    killedBy: SWEEP_RELEASE,
  },
  {
    ...LARGE_SWEEP,
    name: "the census of large blocks counts their headers",
    find: "garbageBytes: garbage.heldWords * 4 - garbage.count * headerBytes,",
    replace: "garbageBytes: garbage.heldWords * 4,",
    killedBy: SWEEP_EXACT,
  },
  {
    ...ROUTER,
    name: "a router finishes the sweep of the small blocks only",
    find: "      small.finishSweep();\n      large.finishSweep();",
    replace: "      small.finishSweep();",
    killedBy: SWEEP_RELEASE,
  },
];
