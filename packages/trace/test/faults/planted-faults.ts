// Faults that collectors of CPython's kind are known for, each a small change of the sources. A
// fault that no longer applies fails loudly: the sources moved on, it must too.

import type { PlantedFault } from "../../../../scripts/faults/planted-fault.js";

const LISTS = "object-model/src/tracked-lists.ts";
const DETECTOR = "cycle-detector/src/subtract-detector.ts";
const FINALIZATION = "finalization/src/finalization.ts";
const WEAK = "finalization/src/weak-reference-table.ts";
const GENERATIONS = "generational/src/generations.ts";
const RUN = "generational/src/collection-run.ts";
const TRIGGER = "generational/src/threshold-trigger.ts";
const STATE = "generational/src/generation-state.ts";
const STRATEGY = "memory-manager/src/cpython-strategy.ts";
const PLAN = "trace/src/heap-graph-plan.ts";

export const AGREES = "agrees with every recorded program of CPython 3.13, and stays sound";
export const HOLDS =
  "holds a tracing strategy to each full collection that a graph shows whole, and to no other";

const faults: readonly Omit<PlantedFault, "killedBy">[] = [
  {
    name: "the first entry of an object is kept, not the last",
    file: LISTS,
    find: `const object = words[piece + index] as number;
        if (isEntryOf(list, object)) words[marks + (object >> 2)] = 1;
        else words[piece + index] = 0;`,
    replace: `const place = placeOf(list, count - 1 - index);
        const object = words[place] as number;
        if (isEntryOf(list, object)) words[marks + (object >> 2)] = 1;
        else words[place] = 0;`,
  },
  {
    name: "younger lists are put before the older one",
    file: LISTS,
    find: "    swap(generation, GATHERED);\n    for (let list = 0; list < generation; list++) {",
    replace: "    swap(0, GATHERED);\n    for (let list = 1; list <= generation; list++) {",
  },
  {
    name: "what is promoted keeps its generation",
    file: LISTS,
    find: "    const bits = trackedMask | (generation << generationShift);",
    replace: "    const bits = trackedMask;",
  },
  {
    name: "references of untracked objects are subtracted as well",
    file: DETECTOR,
    find: "      if (mark === 0) continue;\n",
    replace: "      if (mark === 0) words[marks + (value >> 2)] = 0;\n",
  },
  {
    name: "a reference is subtracted once an object, however often it is there",
    file: DETECTOR,
    find: "      words[marks + (value >> 2)] = mark - 1;",
    replace: "      if (words[slot - 1] !== value) words[marks + (value >> 2)] = mark - 1;",
  },
  {
    name: "all objects are visited forward",
    file: DETECTOR,
    find: "(words[row + ROW_FLAGS] as number) & TYPE_VISIT_BACKWARD) === 0",
    replace: "(words[row + ROW_FLAGS] as number) & 0) === 0",
  },
  {
    name: "a rescued object is not looked at again",
    file: DETECTOR,
    find: "      reachFrom(~entry);",
    replace: "      if (entry > 0) reachFrom(~entry);",
  },
  {
    name: "rescued objects stay where they were",
    file: DETECTOR,
    find: "    unchain(found, kept, FOUND);",
    replace: `    unchain(found, kept, FOUND);
    if (rescued !== 0 && kept - start > 1) {
      const last = words[placeOf(kept - 1)] as number;
      words[placeOf(kept - 1)] = words[placeOf(start)] as number;
      words[placeOf(start)] = last;
    }`,
  },
  {
    name: "a finalizer runs at each death",
    file: FINALIZATION,
    find: "    words[object + 1] = get(object + 1) | finalizedMask;\n    emit(EVENT_FINALIZER_RUN",
    replace: "    emit(EVENT_FINALIZER_RUN",
  },
  {
    name: "weak references are emptied before the finalizer on death by count",
    file: FINALIZATION,
    find:
      "    if ((flags & TYPE_FINALIZER) !== 0 && mayFinalize(object) && " +
      "finalizeByCount(object)) {",
    replace: `    if ((get(object + 1) & weakMask) !== 0) emptyByCount(object);
    if ((flags & TYPE_FINALIZER) !== 0 && mayFinalize(object) && finalizeByCount(object)) {`,
  },
  {
    name: "an object whose finalizer runs is in no generation",
    file: FINALIZATION,
    find: "    if (isWatched) lists.track(object, 0);",
    replace: "",
  },
  {
    name: "the callback of a weak reference that is garbage itself is called",
    file: FINALIZATION,
    find: "        if (get(each + CALLBACK) === 0 || isFound(each)) continue;",
    replace: "        if (get(each + CALLBACK) === 0) continue;",
  },
  {
    name: "an object is emptied backward",
    file: FINALIZATION,
    find: "isBackward ? end - 1 - index : start + index",
    replace: "isBackward ? start + index : end - 1 - index",
  },
  {
    name: "the oldest callback is called first",
    file: WEAK,
    find: "    const before = get(weak + CALLBACK) === 0 ? 0 : shared(target);",
    replace: `    let before = get(weak + CALLBACK) === 0 ? 0 : first(target);
    while (before !== 0 && get(before + NEXT) !== 0) before = get(before + NEXT);`,
  },
  {
    name: "a dead weak reference stays in its referent's list",
    file: FINALIZATION,
    find: "  function endWeakReference(reference: number): void {\n    weak.unlink(reference);",
    replace: "  function endWeakReference(reference: number): void {",
  },
  {
    name: "finalizers run before weak references are emptied in a collection",
    file: RUN,
    find: "    let didRun = isHeard;\n    if (isAttached",
    replace:
      "    let didRun = isHeard;\n    walkFrom(start, end, death.finalize);\n    if (isAttached",
  },
  {
    name: "what finalizers made reachable is emptied",
    file: RUN,
    find: "    if (didRun) {",
    replace: "    if (didRun && end < 0) {",
  },
  {
    name: "each object is emptied right after its finalizer",
    file: RUN,
    find: "if (object !== 0 && death.finalize(object)) didRun = true;",
    replace: "if (object !== 0 && death.finalize(object)) death.clear(object);",
  },
  {
    name: "a collection is requested when the count reaches the threshold",
    file: GENERATIONS,
    find: "    if (count > (words[thresholdWord] as number)) requestAbove(count);",
    replace: "    if (count >= (words[thresholdWord] as number)) requestAbove(count);",
  },
  {
    name: "an older generation is due when its count reaches the threshold",
    file: TRIGGER,
    find: "if (count <= get(THRESHOLD + generation)) continue;",
    replace: "if (count < get(THRESHOLD + generation)) continue;",
  },
  {
    name: "a threshold of 0 does not disable",
    file: GENERATIONS,
    find: "    if (threshold === 0 || !isAutomatic()) return;",
    replace: "    if (!isAutomatic()) return;",
  },
  {
    name: "full collections do not wait for a quarter of new survivors",
    file: TRIGGER,
    find: "get(PENDING) < Math.floor(get(TOTAL) / 4)",
    replace: "get(PENDING) < 0",
  },
  {
    name: "all survivors count as pending",
    file: TRIGGER,
    find: "      if (generation === OLDEST_GENERATION - 1) set(PENDING",
    replace: "      if (generation < OLDEST_GENERATION) set(PENDING",
  },
  {
    name: "the next count is not raised",
    file: STATE,
    find: "set(COUNT + generation + 1, get(COUNT + generation + 1) + 1);",
    replace: "set(COUNT + generation + 1, get(COUNT + generation + 1));",
  },
  {
    name: "freezing leaves the counts",
    file: GENERATIONS,
    find:
      "      lists.moveAll(generation, PERMANENT_GENERATION);\n" +
      "      set(COUNT + generation, 0);",
    replace: "      lists.moveAll(generation, PERMANENT_GENERATION);",
  },
  {
    name: "a dict that gets a container is not tracked",
    file: "memory-manager/src/tracking-barrier.ts",
    find: "&& mayBeTracked(value)) track(holder, 0);",
    replace: "&& flags < 0) track(holder, 0);",
  },
  {
    name: "a death does not lower the count",
    file: STRATEGY,
    find: "      if ((flags & TYPE_COLLECTED) !== 0) noteDeath(1);",
    replace: "      if (flags < 0) noteDeath(1);",
  },
];

const faultsOfPlans: readonly Omit<PlantedFault, "killedBy">[] = [
  {
    name: "deaths that wait for a full collection are held against what program code did meanwhile",
    file: PLAN,
    find: 'const isExact = promise === "full collection" ? isWholeSinceFull : isShownWhole;',
    replace: "const isExact = isShownWhole || isWholeSinceFull;",
  },
  {
    name: "after a step with program code nothing is held against the plan any more",
    file: PLAN,
    find: "      if (step.generation === OLDEST_GENERATION) isWholeSinceFull = true;\n",
    replace: "",
  },
];

export const plantedFaults: readonly PlantedFault[] = [
  ...faults.map((fault) => ({ ...fault, killedBy: AGREES })),
  ...faultsOfPlans.map((fault) => ({ ...fault, killedBy: HOLDS })),
];
