// Faults that trial deletion is known for, each a small change of the sources, and what must notice
// it: a pitfall by its title, or a property of arbitrary graphs (graph-faults.ts). A fault that no
// longer applies fails loudly.

import type { PlantedFault } from "../../../../scripts/faults/planted-fault.js";
import { RUN_OUT } from "../entries-run-out.js";
import { graphFaults } from "./graph-faults.js";

const BUFFER = "cycle-detector/src/candidate-buffer.ts";
const DETECTOR = "cycle-detector/src/trial-detector.ts";
const COLLECTION = "memory-manager/src/candidate-collection.ts";
const DEALLOCATION = "refcount/src/deallocation.ts";
const STRATEGY = "memory-manager/src/trial-deletion-strategy.ts";

export const plantedFaults: readonly PlantedFault[] = [
  {
    name: "what dies stays in the buffer",
    file: STRATEGY,
    find: "          buffer.remove(object);\n",
    replace: "",
    killedBy: "takes what dies out of the buffer at once",
  },
  {
    name: "what takes the place of the dead keeps its old number",
    file: BUFFER,
    find: "      words[marks + (moved >> 2)] = mark;",
    replace: "      if (moved === object) words[marks + (moved >> 2)] = mark;",
    killedBy: "takes what dies out of the buffer at once",
  },
  {
    name: "a collection that was asked for ends after its first pass",
    file: COLLECTION,
    find: "        if (!isThorough) break;",
    replace: "        break;",
    killedBy: "finds everything before it frees anything, and goes on until nothing is left",
  },
  {
    name: "what is found is skipped if it was a candidate",
    file: DETECTOR,
    find: "      else found = putFound(object, found);\n    }\n    words[foundEndWord] = found;",
    replace: `      else if (index > 1) leave(object);
      else found = putFound(object, found);
    }
    words[foundEndWord] = found;`,
    killedBy: "reclaims cycles of which every object is a candidate",
  },
  {
    name: "each object is emptied right after its finalizer",
    file: COLLECTION,
    find: "      if (death.finalize(object)) didRun = true;",
    replace: "      if (death.finalize(object)) didRun = true;\n      death.clear(object);",
    killedBy: "runs every finalizer before the first object is emptied",
  },
  {
    name: "nothing is examined again after finalizers ran",
    file: COLLECTION,
    find: "    if (didRun || isFoundObserved) resurrectedCount += findAgain(didRun);",
    replace: "",
    killedBy: "lets finalizers make candidates, collect and resurrect",
  },
  {
    name: "a collection runs inside another one",
    file: STRATEGY,
    find: "    if (collection.isCollecting()) return NO_COLLECTION;",
    replace: "",
    killedBy: "lets finalizers make candidates, collect and resurrect",
  },
  {
    name: "what was found and reached is forgotten",
    file: DETECTOR,
    find: "      words[entries + --start] = object;\n      words[markOf(object)] = start + 1;",
    replace: "      leave(object);",
    killedBy: "takes what was found and reached for a candidate again",
  },
  {
    name: "acyclic objects are candidates",
    file: BUFFER,
    find: "  const KINDS = TYPE_COLLECTED | TYPE_ACYCLIC;",
    replace: "  const KINDS = TYPE_COLLECTED;",
    killedBy: "neither examines acyclic objects nor forgets to release them",
  },
  {
    name: "acyclic objects are examined",
    file: DETECTOR,
    find: "  const KINDS = TYPE_COLLECTED | TYPE_ACYCLIC;",
    replace: "  const KINDS = TYPE_COLLECTED;",
    killedBy: "neither examines acyclic objects nor forgets to release them",
  },
  {
    name: "acyclic objects are not released",
    file: DEALLOCATION,
    find: "  TYPE_MASK,\n  TYPE_RELEASE_BACKWARD,",
    replace: "  TYPE_ACYCLIC,\n  TYPE_MASK,\n  TYPE_RELEASE_BACKWARD,",
    and: [
      {
        file: DEALLOCATION,
        find: "    const slotCount = (words[row + ROW_SLOTS_END] as number) - FIELDS;",
        replace: `    const isAcyclic = ((words[row + FLAGS] as number) & TYPE_ACYCLIC) !== 0;
    const slotCount = isAcyclic ? 0 : (words[row + ROW_SLOTS_END] as number) - FIELDS;`,
      },
    ],
    killedBy: "finds everything before it frees anything, and goes on until nothing is left",
  },
  {
    name: "objects of two slots are said to be acyclic",
    file: "object-model/src/type-table.ts",
    find: "(descriptor.acyclic ? TYPE_ACYCLIC : 0)",
    replace: "(descriptor.acyclic || descriptor.visitedSlotCount === 2 ? TYPE_ACYCLIC : 0)",
    killedBy: "reclaims cycles of which every object is a candidate",
  },
  {
    name: "a candidate that the buffer has no room for is forgotten",
    file: BUFFER,
    find: "      words[overrunWord] = 1;\n",
    replace: "",
    killedBy: RUN_OUT,
  },
  {
    name: "what was found is emptied before it is examined again",
    file: COLLECTION,
    find: `    if (didRun || isFoundObserved) resurrectedCount += findAgain(didRun);
    walkFound((object) => {
      if (isClearable(object)) death.clear(object);
    });`,
    replace: `    walkFound((object) => {
      if (isClearable(object)) death.clear(object);
    });
    if (didRun || isFoundObserved) resurrectedCount += findAgain(didRun);`,
    killedBy: "lets finalizers make candidates, collect and resurrect",
  },
  {
    name: "a reference from outside is not enough to live",
    file: DETECTOR,
    find: "      if (~mark < count) reachFrom(object);",
    replace: "      if (~mark + 1 < count) reachFrom(object);",
    killedBy: "reclaims nothing that a frame or a handle holds",
  },
  {
    name: "callbacks are called when garbage is emptied already",
    file: COLLECTION,
    find: "    const deadCount = death.emptyWeakReferences(walkFound, detector.isFound, () => {",
    replace: `    walkFound(death.clear);
    const deadCount = death.emptyWeakReferences(walkFound, detector.isFound, () => {`,
    killedBy: "empties all weak references to garbage before it calls back",
  },
  {
    name: "what is reached recurses",
    file: DETECTOR,
    find: "        words[markOf(value)] = top === 0 ? BOTTOM : top;\n        top = value;",
    replace: "        reachFrom(value);",
    killedBy: "needs no stack for deep structures",
  },
  {
    name: "a saturated count is counted again",
    file: DETECTOR,
    find: "    if (count <= 0 || count >= immortalCount) return false;",
    replace: `    if (count <= 0) return false;
    if (count >= immortalCount) words[object] = count - immortalCount + 2;`,
    killedBy: "takes a saturated count for a reference from outside",
  },
  {
    name: "trial references are taken off the counts and not put back",
    file: DETECTOR,
    find: "      if (mark < 0) words[markOf(value)] = mark - 1;",
    replace: `      if (mark < 0) {
        words[markOf(value)] = mark - 1;
        words[value] = (words[value] as number) - 1;
        if (~mark > 0) words[markOf(value)] = mark;
      }`,
    killedBy: "leaves the counts of survivors as they were",
  },
  {
    name: "a moved reference is not noted",
    file: BUFFER,
    find: "(value === holder || mayHoldSomething(value))) note(value);",
    replace: "value === holder) note(value);",
    killedBy: "notes what moves from a root into an object",
  },
  {
    name: "an object is entered once for each reference",
    file: DETECTOR,
    find: "      if (mark < 0) words[markOf(value)] = mark - 1;",
    replace: `      if (mark < 0) {
        words[markOf(value)] = mark - 1;
        words[entries + end++] = value;
      }`,
    killedBy: "examines a chain of candidates once",
  },
  {
    name: "what is reached has all candidates looked at anew",
    file: DETECTOR,
    find: "      if (~mark < count) reachFrom(object);",
    replace: "      if (~mark < count) {\n        reachFrom(object);\n        index = -1;\n      }",
    killedBy: "works in proportion to the candidates and what they reach",
  },
  ...graphFaults,
];
