// Faults that re-implementations of CPython's memory management are known for, where no other
// section has them (see docs/known-mistakes.md). A fault that no longer applies fails loudly: the
// sources moved on, it must too.

import type { PlantedFault } from "../../../../scripts/faults/planted-fault.js";
import * as cases from "../mistake-cases.js";

const EXACT = "cpython-3.13";
const FAST = "cpython-3.13-fast";
const TRIAL = "refcount-trial-deletion";
const WHOLE = "refcount-whole-heap";
const MARK_SWEEP = "mark-sweep";

const FAST_RUN = "generational/src/map-collection-run.ts";
const GENERATIONS = "generational/src/generations.ts";
const CANDIDATES = "memory-manager/src/candidate-collection.ts";
const DEALLOCATION = "refcount/src/deallocation.ts";

export const plantedFaults: readonly PlantedFault[] = [
  {
    name: "what died in finalizers counts as collected",
    file: "generational/src/collection-run.ts",
    on: EXACT,
    find: "    run.collected += last - first;",
    replace: "    run.collected += end - first;",
    killedBy: cases.DIED_MEANWHILE,
  },
  {
    name: "of the maps, what died in finalizers counts as collected",
    file: FAST_RUN,
    on: FAST,
    find: "    let didRun = isHeard;",
    replace: "    let didRun = isHeard;\n    const foundCount = maps.foundCount();",
    and: [
      {
        file: FAST_RUN,
        find: "    run.collected += maps.foundCount();",
        replace: "    run.collected += foundCount - run.resurrected;",
      },
    ],
    killedBy: cases.DIED_MEANWHILE,
  },
  {
    name: "what a field of garbage holds is let go before the field is empty",
    file: "finalization/src/finalization.ts",
    on: EXACT,
    find: `      words[slot] = 0;
      release(value);
    }
    if (held !== 0) program.leave(held);`,
    replace: `      release(value);
      words[slot] = 0;
    }
    if (held !== 0) program.leave(held);`,
    killedBy: cases.EMPTY_FIRST,
  },
  {
    name: "a collection that throws is never over",
    file: GENERATIONS,
    on: EXACT,
    find: "    } finally {\n      set(IS_COLLECTING, 0);\n    }",
    replace: "    } finally {\n      reclaimedCount = 0;\n    }",
    and: [
      {
        file: GENERATIONS,
        find: "      return { found: collected + uncollectable, collection };",
        replace:
          "      set(IS_COLLECTING, 0);\n" +
          "      return { found: collected + uncollectable, collection };",
      },
    ],
    killedBy: cases.AGAIN,
  },
  {
    name: "a collection of candidates that throws is never over",
    file: CANDIDATES,
    on: TRIAL,
    find: "    } finally {\n      isCollecting = false;\n    }",
    replace:
      "    } finally {\n      latePassLimit = LATE_PASS_LIMIT;\n    }\n    isCollecting = false;",
    and: [
      {
        file: CANDIDATES,
        find: "      let latePasses = 0;\n      while (latePasses <= LATE_PASS_LIMIT",
        replace: "      let latePasses = 0;\n      while (latePasses <= latePassLimit",
      },
      {
        file: CANDIDATES,
        find: "  let isCollecting = false;",
        replace: "  let isCollecting = false;\n  let latePassLimit = LATE_PASS_LIMIT;",
      },
    ],
    killedBy: cases.AGAIN,
  },
  {
    name: "a death within another one takes its way back",
    file: DEALLOCATION,
    on: EXACT,
    find: "    let parent = 0;",
    replace: "    parent = 0;",
    and: [
      {
        file: DEALLOCATION,
        find: "  let total = 0;",
        replace: "  let total = 0;\n  let parent = 0;",
      },
    ],
    killedBy: cases.WITHIN,
  },
  {
    name: "the limit of growth never comes down",
    file: "generational/src/growth-trigger.ts",
    on: WHOLE,
    find: "      limitBytes = Math.max(startBytes, Math.floor(liveBytes() * growthFactor));",
    replace: "      limitBytes = Math.max(limitBytes, Math.floor(liveBytes() * growthFactor));",
    killedBy: cases.PEAK,
  },
  {
    name: "a budget that is left over is never taken back",
    file: "mark-sweep/src/mark-sweep-collector.ts",
    on: MARK_SWEEP,
    find: "const budgetBytes = Math.max(minimumBudgetBytes, liveBytes * (growthFactor - 1));",
    replace: `const leftBytes = (words[budgetWord] as number) * GRANULE_SIZE_BYTES;
    const grownBytes = Math.max(minimumBudgetBytes, liveBytes * (growthFactor - 1));
    const budgetBytes = Math.max(collectionCount > 0 ? leftBytes : 0, grownBytes);`,
    killedBy: cases.PEAK,
  },
  {
    name: "the threshold of candidates never comes down",
    file: "generational/src/candidate-trigger.ts",
    on: TRIAL,
    find: "    threshold = Math.max(leastCount, Math.ceil(vainCount / 4), Math.min(next, most));",
    replace: "    threshold = Math.max(threshold, Math.ceil(vainCount / 4), Math.min(next, most));",
    killedBy: cases.CANDIDATE_PEAK,
  },
];
