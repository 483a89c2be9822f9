// Faults of the fast preset: its maps, its detector and its reclamation of all that was found at
// once; and of how an allocator is chosen. A fault that no longer applies fails loudly: the sources
// moved on, it must too.

import * as suite from "@ouro/testkit";
import type { PlantedFault } from "../../../../scripts/faults/planted-fault.js";
import { CHANGED_TUPLES } from "../changed-tuples.js";
import { DEATH_ERRORS } from "../death-observers.js";
import { LISTENING } from "../listening.js";
import { ROOMY } from "../room-cases.js";

export const TWIN = "lets a program see what it sees under cpython-3.13";
export const FULL_QUEUE = "reaches more objects than its queue holds";

export const WATCHED = "empties a weak reference to garbage that nothing else makes special";
export const LATE = "empties a weak reference that a finalizer made to what dies with it";

export const ALLOCATOR = "refuses an allocator that does not fit its strategy";

export const TRIM = "gives back all that it keeps when it is trimmed, and nothing that lives";

const FAST = "cpython-3.13-fast, low thresholds";
const FAST_AS_IT_IS = "cpython-3.13-fast";
const DETECTOR = { file: "cycle-detector/src/map-detector.ts", on: FAST } as const;
const FOUND = { file: "cycle-detector/src/found-map.ts", on: FAST } as const;
const COUNT_MAP = { file: "cycle-detector/src/count-map.ts", on: FAST } as const;
const QUEUE = { file: "cycle-detector/src/object-queue.ts", on: FAST } as const;
const SHAPE = { file: "cycle-detector/src/tract-shape.ts", on: FAST } as const;
const INSIDE = { file: "cycle-detector/src/inside-counts.ts", on: FAST } as const;
const MAPS = { file: "object-model/src/generation-maps.ts", on: FAST } as const;
const RUN = { file: "generational/src/map-collection-run.ts", on: FAST } as const;
const LEAVING = { file: "generational/src/leaving-walk.ts", on: FAST } as const;
const BARRIER = { file: "memory-manager/src/tracking-barrier.ts", on: FAST } as const;
const RECLAIM = { file: "generational/src/found-reclaim.ts", on: FAST } as const;

const trimFaults: readonly PlantedFault[] = [
  {
    name: "trim leaves what waits to be swept",
    file: "mark-sweep/src/mark-sweep-collector.ts",
    on: "mark-sweep",
    find: "finishSweep();\n      allocator.trim?.();",
    replace: "allocator.trim?.();",
    killedBy: TRIM,
  },
  {
    name: "trim leaves what object free lists keep",
    file: "refcount/src/refcount-collector.ts",
    on: "refcount-only",
    find: "lists?.empty();\n    allocator.trim?.();",
    replace: "allocator.trim?.();",
    killedBy: TRIM,
  },
  {
    name: "trim forgets the pools of watched objects",
    file: "allocator/src/parted-allocator.ts",
    on: FAST_AS_IT_IS,
    find: "      watched.trim();\n",
    replace: "",
    killedBy: TRIM,
  },
  {
    name: "trim leaves the room behind the last object",
    file: "semispace/src/semispace-collector.ts",
    on: "semispace",
    find: "    if (newEnd === end) return;\n",
    replace: "    if (newEnd !== start) return;\n",
    killedBy: TRIM,
  },
  {
    name: "what was trimmed is gone until the next collection",
    file: "semispace/src/semispace-collector.ts",
    on: "semispace",
    find: "    if (formerEnd === 0) return false;\n",
    replace: "    if (formerEnd >= 0) return false;\n",
    killedBy: TRIM,
  },
  {
    name: "what was trimmed is taken back, whoever has it",
    file: "semispace/src/semispace-collector.ts",
    on: "semispace",
    find: "if (grown <= 0 || !heap.reserveArenasAt(borrower, end as Arena, grown)) return false;",
    replace: "heap.reserveArenasAt(borrower, end as Arena, Math.max(1, grown));",
    and: [
      {
        file: "semispace/src/semispace-collector.ts",
        find: "(formerEnd - start) / ARENA_SIZE_WORDS, largestSpace(heap, start, end));",
        replace: "(formerEnd - start) / ARENA_SIZE_WORDS);",
      },
    ],
    killedBy: TRIM,
  },
  {
    name: "trim says that it gave back nothing",
    file: "memory-manager/src/memory-manager.ts",
    on: "mark-sweep",
    find: "return lentArenaCount - heap.statistics().lentArenaCount;",
    replace: "return 0 * lentArenaCount;",
    killedBy: TRIM,
  },
];

const MANAGER = "memory-manager/src/memory-manager.ts";

const roomFaults: readonly PlantedFault[] = [
  {
    name: "tables are as large as if nothing was asked for",
    file: MANAGER,
    find: "const moreBytes = moreTableBytes(options);",
    replace: "const moreBytes = 0 * moreTableBytes(options);",
    killedBy: ROOMY,
  },
  {
    name: "a reservation need not hold the tables",
    file: MANAGER,
    find: "if (moreBytes > 0 && regionBytes + ARENA_SIZE_BYTES > reservationBytes) {",
    replace: "if (moreBytes < 0) {",
    killedBy: ROOMY,
  },
];

export const plantedFaults: readonly PlantedFault[] = [
  ...roomFaults,
  {
    ...DETECTOR,
    name: "what is reached ahead of the cursor stays in the map",
    find: "    words[place] = unreached ^ bit;\n    if (value < from) rescue(value);",
    replace:
      "    if (value < from) {\n      words[place] = unreached ^ bit;\n      rescue(value);\n    }",
    killedBy: TWIN,
  },
  {
    ...DETECTOR,
    name: "what is reached behind the cursor is not looked at again",
    find: "    words[place] = unreached ^ bit;\n    if (value < from) rescue(value);",
    replace: "    words[place] = unreached ^ bit;",
    killedBy: TWIN,
  },
  {
    ...DETECTOR,
    name: "in a tract of one shape, what is reached far behind is not looked at again",
    find: "    if (value < from !== isDown) rescue(value);\n    return 0;",
    replace: "    return 0;",
    killedBy: TWIN,
  },
  {
    ...DETECTOR,
    name: "in a tract of one shape, what is reached close behind is not looked at again",
    find: "(bit - 1);\n          unreached &= ~(near | bit);\n          if (behind !== 0) ",
    replace: "(bit - 1);\n          unreached &= ~(near | bit);\n          if (behind === 1) ",
    killedBy: TWIN,
  },
  {
    ...DETECTOR,
    name: "in a tract of one shape, what is reached close ahead stays in the map",
    find: "(bit - 1);\n          unreached &= ~(near | bit);",
    replace: "(bit - 1);\n          unreached &= ~(behind | bit);",
    killedBy: TWIN,
  },
  {
    ...DETECTOR,
    name: "with three or four slots, the neighbours of the first alone are reached",
    find: "    near |= reachFar(words[slot + 2] as number, object, here, false);\n",
    replace: "    reachFar(words[slot + 2] as number, object, here, false);\n",
    killedBy: TWIN,
  },
  {
    ...FOUND,
    name: "candidates of the tracts' first words are not in the map",
    find: "word = 0; word < TRACT_MAP_WORDS; word++) {\n        words[map + word] = words[group",
    replace: "word = 1; word < TRACT_MAP_WORDS; word++) {\n        words[map + word] = words[group",
    killedBy: TWIN,
  },
  {
    ...DETECTOR,
    name: "a full queue forgets who waits",
    find: "    isSweepNeeded = true;\n",
    replace: "",
    killedBy: FULL_QUEUE,
  },
  {
    ...DETECTOR,
    name: "the last slot of an object is not followed",
    find: "slot < end; slot++) {\n      reach(words[slot] as number, from);",
    replace: "slot < end - 1; slot++) {\n      reach(words[slot] as number, from);",
    killedBy: TWIN,
  },
  {
    ...COUNT_MAP,
    name: "the last byte of counts stays after a young collection",
    find: "each < place + 8; each++) words[each] = 0;",
    replace: "each < place + 7; each++) words[each] = 0;",
    killedBy: TWIN,
  },
  {
    ...FOUND,
    name: "weak references to garbage are not looked for",
    find: "if (isSpecial || (header & weakMask) !== 0) special.push(object);",
    replace: "if (isSpecial) special.push(object);",
    killedBy: WATCHED,
  },
  {
    ...DETECTOR,
    name: "a reference from outside does not count once one inside was seen",
    find: "if (mark === count && mark !== MANY) return false;",
    replace: "if (mark > 0 && mark !== MANY) return false;",
    killedBy: TWIN,
  },
  {
    ...FOUND,
    name: "only the first type of a tract is asked for finalizers",
    find: "          isSpecial = isSpecialType(type);",
    replace: "          isSpecial ||= foundCount === 1 && isSpecialType(type);",
    killedBy: TWIN,
  },
  {
    ...DETECTOR,
    name: "a cursor that goes down takes what is above for what lies ahead",
    find: "if (value < from !== isDown) rescue(value);",
    replace: "if (value < from) rescue(value);",
    killedBy: TWIN,
  },
  {
    ...DETECTOR,
    name: "a cursor that goes down passes over the second slot",
    find: "          near |= reachFar(words[object + FIELDS + 1] as number, object, here, true);\n",
    replace: "",
    killedBy: TWIN,
  },
  {
    ...QUEUE,
    name: "a queue that doubles leaves behind what had gone round its end",
    find: "      words.copyWithin(start + size, start, start + tail);\n",
    replace: "",
    killedBy: FULL_QUEUE,
  },
  {
    ...SHAPE,
    name: "a tract has the shape of the type that was seen last",
    find: "shape === -1 || shape === own ? own : MIXED << SLOTS_SHIFT",
    replace: "own",
    killedBy: TWIN,
  },
  {
    ...INSIDE,
    name: "references from older objects are counted as well",
    find: "    if (value <= 0 || (asks && !isCandidate(value))) return;",
    replace: "    if (value <= 0 || (asks && value === 1)) return;",
    killedBy: TWIN,
  },
  {
    ...INSIDE,
    name: "a count that is too large for its byte stays there",
    find: "    if (known < LARGEST) bytes[place] = known + 1;\n    else countMany(value, place);",
    replace: "    if (known < LARGEST) bytes[place] = known + 1;",
    killedBy: TWIN,
  },
  {
    ...INSIDE,
    name: "a large count begins one too low",
    find: "overflow.begin(value, LARGEST + 1);",
    replace: "overflow.begin(value, LARGEST);",
    killedBy: TWIN,
  },
  {
    ...INSIDE,
    name: "the last of 32 objects in a row is not counted",
    find: "object < first + 128; object += 4",
    replace: "object < first + 124; object += 4",
    killedBy: TWIN,
  },
  {
    ...MAPS,
    name: "a dead object's generation stays in the map",
    find: "    if ((high & bit) !== 0) words[group + 1] = high ^ bit;\n",
    replace: "",
    killedBy: TWIN,
  },
  {
    ...MAPS,
    name: "survivors keep their generation",
    find: "        setGeneration(word, reached, generation);\n",
    replace: "",
    killedBy: TWIN,
  },
  {
    ...MAPS,
    name: "a collection of the middle generation takes the oldest along",
    find: "generation === 1 ? high : low & high;",
    replace: "generation === 1 ? low & high : low & high;",
    killedBy: TWIN,
  },
  {
    ...MAPS,
    name: "candidates of a collection stay candidates",
    find: "        words[groups + (word << 2) + CANDIDATE] = 0;\n",
    replace: "",
    killedBy: TWIN,
  },
  {
    ...MAPS,
    name: "a tract does not say that it got what was frozen",
    find: "& ~(1 << from)) | (1 << to);",
    replace: "& ~(1 << from)) | (get(tracts + tract) & (1 << to));",
    killedBy: TWIN,
  },
  {
    ...RUN,
    name: "what finalizers made reachable is reclaimed",
    find: `      run.resurrected = promoteResurrected(old, death.attachedCount() === attachedCount);
`,
    replace: "",
    killedBy: suite.RESURRECTS_AS_SAID,
  },
  {
    ...RUN,
    name: "weak references that finalizers made to garbage are not looked for",
    find: "promoteResurrected(old, death.attachedCount() === attachedCount)",
    replace: "promoteResurrected(old, death.attachedCount() >= 0)",
    killedBy: LATE,
  },
  {
    ...RUN,
    name: "survivors of a collection stay where they are",
    find: "const old = Math.min(generation + 1, oldestGeneration);",
    replace: "const old = generation;",
    killedBy: TWIN,
  },
  {
    ...SHAPE,
    name: "a tract does not say that it has tuples",
    find: "(flags & TYPE_UNTRACKS_AS_TUPLE) === 0 ? 0 : TRACT_HAS_TUPLES",
    replace: "0",
    killedBy: TWIN,
  },
  {
    ...SHAPE,
    name: "a tract does not say that it has dicts",
    find: "(flags & TYPE_UNTRACKS_AS_DICT) === 0 ? tuples : tuples | TRACT_HAS_DICTS",
    replace: "tuples",
    killedBy: TWIN,
  },
  {
    ...LEAVING,
    name: "dicts are sought where tuples are",
    find: "flag === TYPE_UNTRACKS_AS_DICT ? TRACT_HAS_DICTS : TRACT_HAS_TUPLES",
    replace: "TRACT_HAS_TUPLES",
    killedBy: TWIN,
  },
  {
    ...RECLAIM,
    name: "what garbage holds outside keeps its count",
    find: "if (value > 0 && !isFound(value) && decrement(value)) chain(value);",
    replace: "if (value < 0 && !isFound(value) && decrement(value)) chain(value);",
    killedBy: suite.COUNTS,
  },
  {
    ...RECLAIM,
    name: "of what dies with garbage the first alone is deallocated",
    find: "    else words[lastDead] = ~object;\n",
    replace: "",
    killedBy: suite.EXACT,
  },
  {
    ...RECLAIM,
    name: "one object less is said to be reclaimed",
    find: "onReclaimed(objectCount, totalWords);",
    replace: "onReclaimed(objectCount - 1, totalWords);",
    killedBy: suite.DEATHS,
  },
  {
    name: "observers hear of a collection once its lists are gathered",
    file: "generational/src/collection-run.ts",
    on: "cpython-3.13, low thresholds",
    find: "    const list = lists.gather(generation);\n",
    replace:
      "    const list = lists.gather(generation);\n" +
      "    reports.begun(generation, () => list.end);\n",
    and: [
      {
        file: "generational/src/generations.ts",
        find: "      reports.begun(generation, lists.liveCount);\n",
        replace: "",
      },
    ],
    killedBy: suite.ACTING_OBSERVER,
  },
  {
    ...RUN,
    name: "observers hear of a collection once its maps are gathered",
    find: "    const candidates = maps.gather(generation);\n",
    replace:
      "    const candidates = maps.gather(generation);\n" +
      "    reports.begun(generation, () => candidates.candidateCount);\n",
    and: [
      {
        file: "generational/src/generations.ts",
        find: "      reports.begun(generation, lists.liveCount);\n",
        replace: "",
      },
    ],
    killedBy: suite.ACTING_OBSERVER,
  },
  {
    file: "memory-manager/src/memory-manager.ts",
    name: "an allocator that the strategy does not ask for passes",
    find: "if (parts.wastesAllocator()) refuseAllocator(strategy);",
    replace: "",
    killedBy: ALLOCATOR,
  },
  {
    file: "mark-sweep/src/mark-sweep-collector.ts",
    name: "any allocator passes for one that can sweep",
    find: 'if ("beginSweep" in allocator) return',
    replace: "if (allocator.free.length >= 0) return",
    killedBy: ALLOCATOR,
  },
  {
    file: "generational/src/generations.ts",
    on: "cpython-3.13-fast",
    name: "what observers of deaths throw in a collection waits for the next call",
    find: "      reports.failed(takeErrors?.() ?? []);\n",
    replace: "",
    killedBy: DEATH_ERRORS,
  },
  {
    file: "memory-manager/src/candidate-collection.ts",
    on: "refcount-trial-deletion",
    name: "what observers of deaths throw in a collection of candidates waits for the next call",
    find: "for (const error of takeErrors()) {",
    replace: "for (const error of [] as unknown[]) {",
    killedBy: DEATH_ERRORS,
  },
  ...trimFaults,
  {
    ...BARRIER,
    name: "a tuple that changed comes back alone",
    find: "      trackAll();\n",
    replace: "      track(holder, 0);\n",
    killedBy: CHANGED_TUPLES,
  },
  {
    ...BARRIER,
    name: "tuples of a type that changed leave the lists again",
    find: "      words[rowOf(holder) + ROW_FLAGS] = flags & ~TYPE_UNTRACKS_AS_TUPLE;\n",
    replace: "",
    killedBy: CHANGED_TUPLES,
  },
  {
    ...BARRIER,
    name: "a tuple comes back only for what is in the lists",
    find: "if ((flagsOf(value) & TYPE_COLLECTED) === 0) return;",
    replace: "if (!mayBeTracked(value)) return;",
    killedBy: CHANGED_TUPLES,
  },
  {
    ...RECLAIM,
    name: "what is found is listed for who does not listen",
    find: "const tellsReclaim = isHeard(observer, EVENT_OBJECT_RECLAIM);",
    replace: "const tellsReclaim = observer !== undefined;",
    killedBy: LISTENING,
  },
  {
    file: "mark-sweep/src/death-report.ts",
    on: "mark-sweep",
    name: "the unmarked are listed for who does not listen",
    find: "if (!isHeard(observer, EVENT_OBJECT_RECLAIM) &&",
    replace: "if (!isObserved(observer, EVENT_OBJECT_RECLAIM) &&",
    killedBy: LISTENING,
  },
  {
    file: "semispace/src/reporter.ts",
    on: "semispace",
    name: "what was not copied is told to who does not listen",
    find: "const tellsDeaths = isHeard(observer, EVENT_OBJECT_RECLAIM);",
    replace: "const tellsDeaths = isObserved(observer, EVENT_OBJECT_RECLAIM);",
    killedBy: LISTENING,
  },
];
