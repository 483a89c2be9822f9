// Faults of the mutator and the root stack, which every memory manager shares.

import * as suite from "@ouro/testkit";
import type { PlantedFault } from "../../../../scripts/faults/planted-fault.js";

const MUTATOR = "object-model/src/mutator.ts";

export const mutatorFaults: readonly PlantedFault[] = [
  {
    name: "a frame is entered with what lay there",
    file: MUTATOR,
    on: "mark-sweep",
    find: "    for (let slot = frame; slot < top; slot++) words[slot] = 0;\n",
    replace: "",
    killedBy: suite.CONTENTS,
  },
  {
    name: "the bulk barrier is missing",
    file: MUTATOR,
    on: "refcount-only",
    find: 'copy: pick("copy"),',
    replace: "copy: bare.copy,",
    killedBy: suite.COUNTS,
  },
  {
    name: "a write to a root has no barrier",
    file: MUTATOR,
    on: "refcount-only",
    find: "setRoot: (slot, value) => write(slot, value, 0),",
    replace: "setRoot: (slot, value) => bare(slot, value),",
    and: [
      {
        file: MUTATOR,
        find: "  function enter(slotCount: number): Slot {",
        replace:
          "  function bare(slot: number, value: number): void {\n" +
          "    words[slot] = value;\n  }\n\n" +
          "  function enter(slotCount: number): Slot {",
      },
    ],
    killedBy: suite.COUNTS,
  },
  {
    name: "a frame releases its first five slots alone",
    file: "refcount/src/counting-barrier.ts",
    on: "refcount-only",
    find: `        words[slot] = 0;
        release(value);
      }
      words[topWord] = start;`,
    replace: `        words[slot] = 0;
        if (slot < start + 5) release(value);
      }
      words[topWord] = start;`,
    killedBy: suite.NOTHING_LEFT,
  },
  {
    name: "a bare move leaves its value behind",
    file: MUTATOR,
    on: "mark-sweep",
    find: "words[from] = 0;\n      words[into] = value;",
    replace: "words[into] = value;",
    killedBy: suite.CONTENTS,
  },
  {
    name: "an array is born without its length",
    file: MUTATOR,
    on: "mark-sweep",
    find: "    words[object + LENGTH] = length;\n",
    replace: "",
    killedBy: suite.CONTENTS,
  },
  {
    name: "the words of an array of bytes are rounded down",
    file: MUTATOR,
    on: "mark-sweep",
    find: "+ ((length + 3) >>> 2);",
    replace: "+ (length >>> 2);",
    killedBy: suite.PLACES,
  },
];

/** Who follows references by calling himself, in the marker and in the exact detector. */
export const recursionFaults: readonly PlantedFault[] = [
  {
    name: "marking recurses",
    file: "mark-sweep/src/marker.ts",
    on: "mark-sweep",
    find: "    if (top < stackEnd) words[top++] = object;\n    else leaveOut(object);",
    replace: "    if (top < stackEnd) scan(object);",
    killedBy: suite.DEEP,
  },
  {
    name: "what is rescued in the lists is followed by recursion",
    file: "cycle-detector/src/subtract-detector.ts",
    on: "cpython-3.13, low thresholds",
    find: "      rescuedCount++;\n",
    replace: "      rescuedCount++;\n      reachFrom(value);\n",
    killedBy: suite.DEEP,
  },
];
