// Faults that a mark-sweep collector is known for, each a small change of the sources, and the
// property that kills it. A fault that no longer applies fails loudly: the sources moved on.

import type { PlantedFault } from "../../../../scripts/faults/planted-fault.js";
import { EXACT, FRESH, KEEPS, RECORD, RELEASE, SOUND } from "../programs.js";

const MARKER = "marker.ts";
const COLLECTOR = "mark-sweep-collector.ts";

export const plantedFaults: readonly PlantedFault[] = [
  {
    name: "a mark lies one granule off",
    file: MARKER,
    find: "const bit = 1 << (object >>> 2);",
    replace: "const bit = 1 << ((object >>> 2) + 1);",
    killedBy: SOUND,
  },
  {
    name: "a mark stack that overflows is ignored",
    file: MARKER,
    find: "else leaveOut(value);",
    replace: "",
    killedBy: KEEPS,
  },
  {
    name: "what is left out behind the rescan is forgotten",
    file: MARKER,
    find: "if (object <= scanned && object < lowestLeftOut) lowestLeftOut = object;",
    replace: "if (scanned > 0x7ffffffe && object < lowestLeftOut) lowestLeftOut = object;",
    killedBy: KEEPS,
  },
  {
    name: "the rescan begins behind the lowest object left out",
    file: MARKER,
    find: "walkMarks(heap, marks, start, (object) => {",
    replace: "walkMarks(heap, marks, start + 128, (object) => {",
    killedBy: KEEPS,
  },
  {
    name: "a mark stack that overflows at an object of two slots is ignored",
    file: MARKER,
    find: "else leaveOut(second);",
    replace: "",
    killedBy: KEEPS,
  },
  {
    name: "the last slot of an object is not followed",
    file: MARKER,
    find: "for (let slot = object + start; slot < end; slot++) {",
    replace: "for (let slot = object + start; slot < end - 1; slot++) {",
    killedBy: KEEPS,
  },
  {
    name: "the second of two slots is followed only if the first leads nowhere",
    file: MARKER,
    find: "if (second > 0 && setMark(second)) {",
    replace: "if (second > 0 && found === 0 && setMark(second)) {",
    killedBy: KEEPS,
  },
  {
    name: "owned-only slots are not followed",
    file: MARKER,
    find: "const END = ROW_SLOTS_END;",
    replace: "const END = 1;",
    killedBy: KEEPS,
  },
  {
    name: "the slots that the length repeats are not followed",
    file: MARKER,
    find: "const MASK = ROW_SLOTS_MASK;",
    replace: "const MASK = 4;",
    killedBy: KEEPS,
  },
  {
    name: "handles are not marked",
    file: MARKER,
    find: "markRoots(roots.start, words[handlesEndWord] as number);",
    replace: "",
    killedBy: KEEPS,
  },
  {
    name: "root slots above the top are marked",
    file: MARKER,
    find: "markRoots(roots.framesStart, words[topWord] as number);",
    replace: "markRoots(roots.framesStart, roots.end);",
    killedBy: EXACT,
  },
  {
    name: "the last frame's last slot is not marked",
    file: MARKER,
    find: "markRoots(roots.framesStart, words[topWord] as number);",
    replace: "markRoots(roots.framesStart, (words[topWord] as number) - 1);",
    killedBy: KEEPS,
  },
  {
    name: "the marks of the collection before stay",
    file: COLLECTOR,
    find: "clearMarks(heap, marks);",
    replace: "",
    killedBy: EXACT,
  },
  {
    name: "the marks of the last arena stay",
    file: "mark-map.ts",
    find: "if (words[arenaTable + index] === 0) continue;",
    replace: "if (words[arenaTable + index + 1] === 0) continue;",
    killedBy: EXACT,
  },
  {
    name: "a collection begins before the sweep of the last one is over",
    file: COLLECTOR,
    find: "    finishSweep();\n    if (isObserved(observer, EVENT_COLLECTION_START)) {",
    replace: "    if (isObserved(observer, EVENT_COLLECTION_START)) {",
    killedBy: RECORD,
  },
  {
    name: "a collection that was asked for leaves the sweep to later",
    file: COLLECTOR,
    find: "if (!isCollecting) finishSweep();",
    replace: "",
    killedBy: RELEASE,
  },
  {
    name: "a collection records the live as reclaimed",
    file: COLLECTOR,
    find: "      reclaimedCount: garbageCount,",
    replace: "      reclaimedCount: liveCount,",
    killedBy: RECORD,
  },
  {
    name: "the last word of a new object is what it was",
    file: COLLECTOR,
    find: "for (let word = block + 4; word < block + sizeWords; word++)",
    replace: "for (let word = block + 4; word < block + sizeWords - 1; word++)",
    killedBy: FRESH,
  },
];
