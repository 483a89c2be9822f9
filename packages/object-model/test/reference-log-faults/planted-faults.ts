// Faults of a log whose numbers come round and whose rings forget, each a small change of the
// sources, and the property that kills it. A fault that no longer applies fails loudly.

import type { PlantedFault } from "../../../../scripts/faults/planted-fault.js";
import { ANEW, EXPLAINS, FORGETS, NEVER } from "../reference-log-names.js";

const LOG = { file: "reference-log.ts", killedBy: EXPLAINS } as const;
const LIMITS = { file: "reference-log.ts", killedBy: FORGETS } as const;

export const plantedFaults: readonly PlantedFault[] = [
  {
    ...LOG,
    name: "whatever was given out once with this epoch is a reference in it",
    find: "stamps[word >>> SHIFT] === stamp;",
    replace: "(stamps[word >>> SHIFT] as number) > 0;",
  },
  {
    ...LOG,
    name: "whoever gave a reference once has given one since the last safepoint",
    find: "hasGiven: () => loggedCount !== safepoints[((stamp & SAFEPOINT_MASK) << 1) + 1],",
    replace: "hasGiven: () => loggedCount !== 0,",
  },
  {
    ...LOG,
    name: "of a taker's number the upper bits are not noted",
    find: "word | (taker & 3) | ((taker & -4) << 28);",
    replace: "word | (taker & 3);",
  },
  {
    ...LOG,
    name: "takers of higher numbers are taken for negative ones",
    find: "takers[(entry & 3) | ((entry >>> 28) & -4)]",
    replace: "takers[(entry & 3) | ((entry >> 28) & -4)]",
  },
  {
    ...LOG,
    name: "the type of a safepoint is noted over its call",
    find: "safepoints[place] = call | (type << 3);",
    replace: "safepoints[place] = call | (type << 2);",
  },
  {
    ...LOG,
    name: "the safepoint before the giving is told as the one that followed",
    find: "nameOfSafepoint(takenAtSafepoint + 1)",
    replace: "nameOfSafepoint(takenAtSafepoint)",
  },
  {
    ...LOG,
    name: "a number of an epoch that has yet to come again is explained by no round",
    find: "(epochStart / unit - ofEpoch + epochCount) % epochCount;",
    replace: "Math.abs(epochStart / unit - ofEpoch);",
  },
  {
    ...LOG,
    name: "a number is given out only in the round that is looked at first",
    find: "older <= safepointCount(); older += epochCount) {",
    replace: "older <= safepointCount() && older === age; older += epochCount) {",
  },
  {
    ...LOG,
    name: "the first giving after a safepoint is passed over",
    find: "count !== start; count",
    replace: "count !== ((start + 1) | 0) && count !== start; count",
  },
  {
    ...LOG,
    name: "a giving explains every number of its safepoint",
    find: "if (((log[place] as number) & WORD_MASK) === word) return place;",
    replace: "if (((log[place] as number) & WORD_MASK) > 0) return place;",
  },
  {
    ...LIMITS,
    name: "stamps begin anew among those of before",
    find: "    stamps.fill(0);\n",
    replace: "",
  },
  {
    ...LIMITS,
    name: "what was given out before stamps began anew was never given out",
    find: "if (atStamp < FIRST_STAMP) return FORGOTTEN;",
    replace: "if (atStamp < FIRST_STAMP) return NOT_GIVEN;",
  },
  {
    ...LIMITS,
    name: "the place of a giving in the ring is told one giving too long",
    find: ">>> 0 > logMask) return",
    replace: ">>> 0 > logMask + 1) return",
  },
  {
    ...LIMITS,
    name: "a giving that was written over is told as one that never was",
    find: ">>> 0 > logMask) return FORGOTTEN;",
    replace: ">>> 0 > logMask) return NOT_GIVEN;",
  },
  {
    ...LIMITS,
    name: "a safepoint is looked up though another took its place",
    find: "if (atStamp <= stamp - SAFEPOINT_COUNT) return FORGOTTEN;\n",
    replace: "",
  },
  {
    ...LIMITS,
    name: "a safepoint is named by the one that took its place",
    find: "ofStamp < FIRST_STAMP || ofStamp <= stamp - SAFEPOINT_COUNT;",
    replace: "ofStamp < FIRST_STAMP;",
  },
  {
    ...LIMITS,
    name: "a word beyond the heap is explained by what is forgotten",
    find: "(word & -4) !== word || word >= options.heapSizeWords",
    replace: "(word & -4) !== word",
  },
  {
    ...LIMITS,
    name: "the number of a safepoint is that of its stamp, whatever came before",
    find: "const ofStamp = number - safepointsBefore + FIRST_STAMP;",
    replace: "const ofStamp = number + FIRST_STAMP;",
  },
  {
    ...LOG,
    name: "there is an epoch more than a round has",
    find: "const NARROW_EPOCH_COUNT = 2 ** 8 - 1;",
    replace: "const NARROW_EPOCH_COUNT = 2 ** 8;",
    killedBy: NEVER,
  },
  {
    ...LOG,
    name: "the epoch behind the last one is none",
    find: "epochStart === lastEpochStart ? unit :",
    replace: "epochStart === lastEpochStart ? 0 :",
    killedBy: NEVER,
  },
  {
    ...LOG,
    name: "a safepoint is counted twice when stamps begin anew",
    find: "stamp = FIRST_STAMP - 1;",
    replace: "stamp = FIRST_STAMP;",
    killedBy: ANEW,
  },
  {
    ...LOG,
    name: "a safepoint is not counted when stamps begin anew",
    find: "safepointsBefore = safepointCount() + 1;",
    replace: "safepointsBefore = safepointCount();",
    killedBy: ANEW,
  },
];
