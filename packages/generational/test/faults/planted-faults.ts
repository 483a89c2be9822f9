// Faults that generations are known for, each a small change of the sources, and the property that
// kills it. A fault that no longer applies fails loudly: the sources moved on.

import type { PlantedFault } from "../../../../scripts/faults/planted-fault.js";
import { CALLBACKS } from "../changed-callbacks.js";
import * as names from "../property-names.js";

const GENERATIONS = "generations.ts";
const STATE = "generation-state.ts";
const TRIGGER = "threshold-trigger.ts";
const RUN = "collection-run.ts";
const UNTRACKING = "untracking.ts";
const REPORTS = "collection-reports.ts";

export const plantedFaults: readonly PlantedFault[] = [
  {
    name: "a generation is due when its count reaches the threshold",
    file: TRIGGER,
    find: "if (count <= get(THRESHOLD + generation)) continue;",
    replace: "if (count < get(THRESHOLD + generation)) continue;",
    killedBy: names.STATISTICS,
  },
  {
    name: "a threshold of 0 does not disable",
    file: GENERATIONS,
    find: "if (threshold === 0 || !isAutomatic()) return;",
    replace: "if (!isAutomatic()) return;",
    killedBy: names.STATISTICS,
  },
  {
    name: "a disabled collector still requests and collects",
    file: GENERATIONS,
    find: "    return get(IS_ENABLED) === 1 && get(IS_COLLECTING) === 0;",
    replace: "    return get(IS_COLLECTING) === 0;",
    killedBy: names.STATISTICS,
  },
  {
    name: "a request stays after its poll",
    file: GENERATIONS,
    find: "    set(IS_REQUESTED, 0);\n    if (!isAutomatic()) return;",
    replace: "    if (!isAutomatic()) return;",
    killedBy: names.STATISTICS,
  },
  {
    name: "a count goes below zero",
    file: GENERATIONS,
    find: "    words[countWord] = Math.max(count, 0);",
    replace: "    words[countWord] = count;",
    killedBy: names.SOUND,
  },
  {
    name: "deaths are not taken off the count",
    file: GENERATIONS,
    find: "    words[countWord] = Math.max(count, 0);",
    replace: "",
    killedBy: names.COUNTS,
  },
  {
    name: "the next count is not raised",
    file: STATE,
    find: "set(COUNT + generation + 1, get(COUNT + generation + 1) + 1);",
    replace: "set(COUNT + generation + 1, get(COUNT + generation + 1));",
    killedBy: names.COUNTS,
  },
  {
    name: "younger counts stay as they were",
    file: STATE,
    find: "for (let younger = 0; younger <= generation; younger++) set(COUNT + younger, 0);",
    replace: "set(COUNT + generation, 0);",
    killedBy: names.COUNTS,
  },
  {
    name: "full collections do not wait for a quarter of new survivors",
    file: TRIGGER,
    find: "get(PENDING) < Math.floor(get(TOTAL) / 4)",
    replace: "get(PENDING) < 0",
    killedBy: names.STATISTICS,
  },
  {
    name: "all survivors count as pending",
    file: TRIGGER,
    find: "if (generation === OLDEST_GENERATION - 1) set(PENDING",
    replace: "if (generation < OLDEST_GENERATION) set(PENDING",
    killedBy: names.LONG_LIVED,
  },
  {
    name: "survivors of the oldest generation are promoted out of it",
    file: RUN,
    find: "    const old = Math.min(generation + 1, oldestGeneration);",
    replace: "    const old = generation + 1;",
    killedBy: names.LISTS,
  },
  {
    name: "survivors stay in their generation",
    file: RUN,
    find: "    const old = Math.min(generation + 1, oldestGeneration);",
    replace: "    const old = generation;",
    killedBy: names.LISTS,
  },
  {
    name: "dicts are untracked in any collection",
    file: RUN,
    find: "generation === oldestGeneration && (typeFlags & AS_DICT) !== 0;",
    replace: "(typeFlags & AS_DICT) !== 0;",
    killedBy: names.LISTS,
  },
  {
    name: "a dict in a tuple does not keep it tracked",
    file: UNTRACKING,
    find: "    return (flags & TYPE_UNTRACKS_AS_TUPLE) === 0 || isTracked(object);",
    replace: "    return isTracked(object);",
    killedBy: names.LISTS,
  },
  {
    name: "garbage that its type does not allow to empty first is never emptied",
    file: RUN,
    find: "    if (!savesAll) walkFrom(left, last, death.clear);\n",
    replace: "",
    killedBy: names.LISTS,
  },
  {
    name: "what emptying left is not looked for",
    file: RUN,
    find: "      if (left === last && detector.isFound(object)) left = index;\n",
    replace: "",
    killedBy: names.SOUND,
  },
  {
    name: "freezing leaves the counts",
    file: GENERATIONS,
    find:
      "      lists.moveAll(generation, PERMANENT_GENERATION);\n" +
      "      set(COUNT + generation, 0);",
    replace: "      lists.moveAll(generation, PERMANENT_GENERATION);",
    killedBy: names.COUNTS,
  },
  {
    name: "what was frozen comes back young",
    file: GENERATIONS,
    find: "lists.moveAll(PERMANENT_GENERATION, oldestGeneration)",
    replace: "lists.moveAll(PERMANENT_GENERATION, 0)",
    killedBy: names.LISTS,
  },
  {
    name: "a full collection that was asked for waits for the quarter, too",
    file: GENERATIONS,
    find: "    if (get(IS_COLLECTING) === 1) return { found: 0,",
    replace: `    const isFull = generation === oldestGeneration;
    const waits = isFull && get(PENDING) < Math.floor(get(TOTAL) / 4);
    if (waits || get(IS_COLLECTING) === 1) return { found: 0,`,
    killedBy: names.STATISTICS,
  },
  {
    name: "the callbacks of a moment are those at its beginning",
    file: REPORTS,
    find: `    for (let index = 0; index < callbacks.length; index++) {
      const callback = callbacks[index] as CollectionCallback;
`,
    replace: "    for (const callback of [...callbacks]) {\n",
    killedBy: CALLBACKS,
  },
  {
    name: "callbacks are counted before the first is called",
    file: REPORTS,
    find: "    for (let index = 0; index < callbacks.length; index++) {",
    replace: "    for (let index = 0, end = callbacks.length; index < end; index++) {",
    killedBy: CALLBACKS,
  },
];
