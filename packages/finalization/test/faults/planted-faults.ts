// Faults that finalization is known for, each a small change of the sources, and the property that
// kills it. A fault that no longer applies fails loudly: the sources moved on.

import type { PlantedFault } from "../../../../scripts/faults/planted-fault.js";
import * as names from "../property-names.js";

const FINALIZATION = "finalization.ts";
const WEAK = "weak-reference-table.ts";
const PROGRAM = "program-code.ts";

export const plantedFaults: readonly PlantedFault[] = [
  {
    name: "a finalizer runs at each death",
    file: FINALIZATION,
    find: "    words[object + 1] = get(object + 1) | finalizedMask;\n    emit(EVENT_FINALIZER_RUN",
    replace: "    emit(EVENT_FINALIZER_RUN",
    killedBy: names.ORDER,
  },
  {
    name: "an object that its finalizer stored dies all the same",
    file: FINALIZATION,
    find: "    if (!decrement(object)) {\n      emit(EVENT_OBJECT_RESURRECT",
    replace: "    if (!decrement(object) && object < 0) {\n      emit(EVENT_OBJECT_RESURRECT",
    killedBy: names.LIFE,
  },
  {
    name: "the count of what is being finalized is not pinned",
    file: FINALIZATION,
    find: "    words[object] = 1;\n    words[slot] = object;",
    replace: "    words[object] = 0;\n    words[slot] = object;",
    killedBy: names.SOUND,
  },
  {
    name: "weak references are emptied before the finalizer on death by count",
    file: FINALIZATION,
    find: "    if ((flags & TYPE_COLLECTED) !== 0) lists.untrack(object);\n    if ((flags",
    replace:
      "    if ((flags & TYPE_COLLECTED) !== 0) lists.untrack(object);\n" +
      "    if ((get(object + 1) & weakMask) !== 0) emptyByCount(object);\n    if ((flags",
    killedBy: names.ORDER,
  },
  {
    name: "the oldest callback is called first",
    file: WEAK,
    find: "const before = get(weak + CALLBACK) === 0 ? 0 : shared(target);",
    replace: `let before = get(weak + CALLBACK) === 0 ? 0 : shared(target);
    if (get(weak + CALLBACK) !== 0) {
      for (let each = first(target); each !== 0; each = get(each + NEXT)) before = each;
    }`,
    killedBy: names.ORDER,
  },
  {
    name: "a callback stays in its weak reference until all were called",
    file: FINALIZATION,
    find: "      words[each + TAKEN] = callback;\n      words[each + CALLBACK] = 0;\n",
    replace: "      words[each + TAKEN] = callback;\n",
    killedBy: names.ORDER,
  },
  {
    name: "a callback is kept after death by count",
    file: FINALIZATION,
    find: "      words[each + TAKEN] = 0;\n      giveUp(callback);",
    replace: "      words[each + TAKEN] = 0;\n      if (callback < 0) giveUp(callback);",
    killedBy: names.SOUND,
  },
  {
    name: "a callback is given up right after its call",
    file: FINALIZATION,
    find: "      callBack(each, get(each + TAKEN), base + 2);\n",
    replace: `      callBack(each, get(each + TAKEN), base + 2);
      giveUp(get(each + TAKEN));
      words[each + TAKEN] = 0;
`,
    killedBy: names.ORDER,
  },
  {
    name: "a weak reference is emptied by a resurrection",
    file: FINALIZATION,
    find: "    const isWatched = (flagsOf(object) & TYPE_COLLECTED) !== 0;",
    replace: `    const isWatched = (flagsOf(object) & TYPE_COLLECTED) !== 0;
    for (let each = weak.first(object); each !== 0; each = weak.first(object)) empty(each);`,
    killedBy: names.WEAKNESS,
  },
  {
    name: "an error of program code goes to whoever dropped the object",
    file: PROGRAM,
    find: "      report(error, source);\n    } finally",
    replace: "      report(error, source);\n      throw error;\n    } finally",
    killedBy: names.ERRORS,
  },
  {
    name: "errors of program code are not counted",
    file: PROGRAM,
    find: "    errorCount++;",
    replace: "",
    killedBy: names.ERRORS,
  },
  {
    name: "weak references whose callbacks wait are not held",
    file: FINALIZATION,
    find: `      words[each + CALLBACK] = 0;
      words[last === 0 ? base : last + PENDING] = each;
      increment(each);`,
    replace: `      words[each + CALLBACK] = 0;
      words[last === 0 ? base : last + PENDING] = each;`,
    killedBy: names.SOUND,
  },
];
