// Faults that leave something behind when a collection is over, or that change the order in which
// finalizers compete: each a small change of the sources. A fault that no longer applies fails
// loudly: the sources moved on, it must too.

import type { PlantedFault } from "../../../../scripts/faults/planted-fault.js";

const LISTS = "object-model/src/tracked-lists.ts";
const MAPS = "object-model/src/generation-maps.ts";
const WEAK = "finalization/src/weak-reference-table.ts";
const FINALIZATION = "finalization/src/finalization.ts";
const DETECTOR = "cycle-detector/src/subtract-detector.ts";
const MAP_DETECTOR = "cycle-detector/src/map-detector.ts";
const BUFFER = "cycle-detector/src/candidate-buffer.ts";
const RUN = "generational/src/collection-run.ts";
const DEALLOCATION = "refcount/src/deallocation.ts";

export const plantedFaults: readonly PlantedFault[] = [
  {
    name: "garbage that dies leaves its mark",
    file: LISTS,
    find: "      words[marks + (object >> 2)] = 0;\n      return;\n",
    replace: "      return;\n",
    on: "cpython-3.13",
    killedBy: "clear at rest",
  },
  {
    name: "the head of weak references stays when the last one goes",
    file: WEAK,
    find: "    words[heads + (target >> 2)] = weak;\n",
    replace: "    if (weak !== 0) words[heads + (target >> 2)] = weak;\n",
    on: "cpython-3.13",
    killedBy: "clear at rest",
  },
  {
    name: "what is promoted keeps its generation",
    file: LISTS,
    find: "    const bits = trackedMask | (generation << generationShift);",
    replace: "    const bits = trackedMask;",
    on: "cpython-3.13",
    killedBy: "clear at rest",
  },
  {
    name: "a tuple out of the lists says that it is tracked",
    file: LISTS,
    find: `      words[object + 1] = (words[object + 1] as number) & keptMask;
      words[place] = 0;`,
    replace: "      words[place] = 0;",
    on: "cpython-3.13",
    killedBy: "clear at rest",
  },
  {
    name: "what is frozen stays in its list too",
    file: LISTS,
    find: `      if ((index & MASK) === MASK) givePiece(entryOf(from, index));
    }
    empty(from);`,
    replace: "      if ((index & MASK) === MASK) givePiece(entryOf(from, index));\n    }",
    on: "cpython-3.13",
    killedBy: "clear at rest after single generations",
  },
  {
    name: "the map of candidates stays",
    file: MAPS,
    find: "        words[groups + (word << 2) + CANDIDATE] = 0;\n",
    replace: "",
    on: "cpython-3.13-fast",
    killedBy: "clear at rest",
  },
  {
    name: "counts of a full collection stay",
    file: MAP_DETECTOR,
    find: "    if (isWhole) countMap.clear();\n",
    replace: "    if (isWhole) first = last;\n",
    on: "cpython-3.13-fast",
    killedBy: "clear at rest",
  },
  {
    name: "a candidate that dies leaves its mark",
    file: BUFFER,
    find: "    words[marks + (object >> 2)] = 0;\n  }\n\n  function noteAll",
    replace: "  }\n\n  function noteAll",
    on: "refcount-trial-deletion",
    killedBy: "clear at rest",
  },
  {
    name: "what was found last is finalized first",
    file: RUN,
    find: `      const object = foundAt(index);
      if (object !== 0 && death.finalize`,
    replace: `      const object = foundAt(start + end - 1 - index);
      if (object !== 0 && death.finalize`,
    on: "cpython-3.13",
    killedBy: "finalizers compete in CPython's order",
  },
  {
    name: "younger lists are put before the older one",
    file: LISTS,
    find: "    swap(generation, GATHERED);\n    for (let list = 0; list < generation; list++) {",
    replace: "    swap(0, GATHERED);\n    for (let list = 1; list <= generation; list++) {",
    on: "cpython-3.13",
    killedBy: "finalizers compete in CPython's order",
  },
  {
    name: "rescued objects keep their places",
    file: DETECTOR,
    find: "    unchain(found, kept, FOUND);",
    replace: `    unchain(found, kept, FOUND);
    if (rescued !== 0 && kept - start > 1) {
      const last = words[placeOf(kept - 1)] as number;
      words[placeOf(kept - 1)] = words[placeOf(start)] as number;
      words[placeOf(start)] = last;
    }`,
    on: "cpython-3.13",
    killedBy: "finalizers compete in CPython's order",
  },
  {
    name: "the last object alone says what kinds there are",
    file: "cycle-detector/src/subtract-detector.ts",
    find: "    typeFlags |= words[row + ROW_FLAGS] as number;",
    replace: "    typeFlags = words[row + ROW_FLAGS] as number;",
    on: "cpython-3.13",
    killedBy: "finalizers compete in CPython's order",
  },
  {
    name: "each object is emptied right after its finalizer",
    file: RUN,
    find: "      if (object !== 0 && death.finalize(object)) didRun = true;",
    replace: `      if (object !== 0 && death.finalize(object)) didRun = true;
      if (object !== 0 && foundAt(index) === object) death.clear(object);`,
    on: "cpython-3.13",
    killedBy: "finalizers compete in CPython's order",
  },
  {
    name: "an object whose finalizer runs is in no generation",
    file: FINALIZATION,
    find: "    if (isWatched) lists.track(object, 0);",
    replace: "",
    on: "cpython-3.13",
    killedBy: "finalizers compete in CPython's order",
  },
  {
    name: "a finalizer runs at each death",
    file: FINALIZATION,
    find: "    words[object + 1] = get(object + 1) | finalizedMask;\n    emit(EVENT_FINALIZER_RUN",
    replace: "    emit(EVENT_FINALIZER_RUN",
    on: "cpython-3.13-fast",
    killedBy: "finalizers compete in CPython's order by count",
  },
  {
    name: "of two slots the second is released first",
    file: DEALLOCATION,
    find: "    let step = 1;\n    if (((words",
    replace: `    let step = 1;
    if (length === 0 && stop - first === 2) {
      first++;
      stop = first - 2;
      step = -1;
    } else if (((words`,
    on: "cpython-3.13",
    killedBy: "finalizers compete in CPython's order by count",
  },
];
