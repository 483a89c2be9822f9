// Faults that must make Ouro differ from CPython, each a small change of the sources. A fault that
// no longer applies fails loudly: the sources moved on, it must too.

export interface PlantedFault {
  readonly name: string;
  /** Package and source file under its src/. */
  readonly file: string;
  /** Stands exactly once in the file. */
  readonly find: string;
  readonly replace: string;
}

const LISTS = "object-model/tracked-lists.ts";
const DETECTOR = "cycle-detector/subtract-detector.ts";
const FINALIZATION = "finalization/finalization.ts";
const WEAK = "finalization/weak-reference-table.ts";
const COLLECTION = "generational/collection-run.ts";
const GENERATIONS = "generational/generations.ts";
const HOLDER = "memory-manager/callback-holder.ts";
const BARRIER = "memory-manager/tracking-barrier.ts";

export const plantedFaults: readonly PlantedFault[] = [
  {
    name: "the oldest callback is called first",
    file: WEAK,
    find: "    const before = get(weak + CALLBACK) === 0 ? 0 : shared(target);",
    replace: `    let before = get(weak + CALLBACK) === 0 ? 0 : first(target);
    while (before !== 0 && get(before + NEXT) !== 0) before = get(before + NEXT);`,
  },
  {
    name: "a callback is seen in its weak reference while it runs, by count",
    file: FINALIZATION,
    find: "    emit(EVENT_CALLBACK_RUN, reference);\n",
    replace: `    emit(EVENT_CALLBACK_RUN, reference);
    if (callback > 0 && get(reference + CALLBACK) === 0) {
      words[reference + CALLBACK] = callback;
      increment(callback);
    }
`,
  },
  {
    name: "a callback that was taken out is not counted",
    file: FINALIZATION,
    find: "    words[base] = reference;\n    increment(reference);\n    if (callback > 0) {",
    replace:
      "    words[base] = reference;\n    increment(reference);\n    if (callback > 0 && 0) {",
  },
  {
    name: "callbacks are given up newest first",
    file: HOLDER,
    find: '  releaseOrder: "backward",\n',
    replace: '  releaseOrder: "forward",\n',
  },
  {
    name: "callbacks are held from outside of the lists while they are called",
    file: HOLDER,
    find: "    if (count < leastCount) return 0;",
    replace: "    if (count >= leastCount) return 0;",
  },
  {
    name: "the newest of the callbacks that are called is visited first",
    file: HOLDER,
    find: '  visitOrder: "backward",\n',
    replace: '  visitOrder: "forward",\n',
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
    name: "what finalizers made reachable is emptied",
    file: COLLECTION,
    find: "    if (didRun) {",
    replace: "    if (didRun && end < 0) {",
  },
  {
    name: "finalizers run before weak references are emptied in a collection",
    file: COLLECTION,
    find: "    let didRun = isHeard;\n    if (isAttached",
    replace:
      "    let didRun = isHeard;\n    walkFrom(start, end, death.finalize);\n    if (isAttached",
  },
  {
    name: "weak references are emptied once more after finalizers",
    file: GENERATIONS,
    find: "  const { emptiesWeakReferencesAgain = false,",
    replace: "  const { emptiesWeakReferencesAgain = true,",
  },
  {
    name: "a finalizer runs at each death",
    file: FINALIZATION,
    find: "    words[object + 1] = get(object + 1) | finalizedMask;\n    emit(EVENT_FINALIZER_RUN",
    replace: "    emit(EVENT_FINALIZER_RUN",
  },
  {
    name: "an object is finalized as soon as its finalizer begins, however it dies",
    file: FINALIZATION,
    find: "    return !byCount.some((slot) => get(slot) === object);",
    replace: "    return true;",
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
    name: "younger lists are put before the older one",
    file: LISTS,
    find: "    swap(generation, GATHERED);\n    for (let list = 0; list < generation; list++) {",
    replace: "    swap(0, GATHERED);\n    for (let list = 1; list <= generation; list++) {",
  },
  {
    name: "all objects are visited forward",
    file: DETECTOR,
    find: "(words[row + ROW_FLAGS] as number) & TYPE_VISIT_BACKWARD) === 0",
    replace: "(words[row + ROW_FLAGS] as number) & 0) === 0",
  },
  {
    name: "a dict that gets a container is not tracked",
    file: BARRIER,
    find: "(flags & TYPE_UNTRACKS_AS_DICT) !== 0 && mayBeTracked(value)",
    replace: "flags < 0 && mayBeTracked(value)",
  },
  {
    name: "tuples of atoms stay in the lists",
    file: COLLECTION,
    find: "    if ((typeFlags & AS_TUPLE) !== 0) untrackGathered(reachedCount, AS_TUPLE);\n",
    replace: "",
  },
  {
    name: "weak references that die in callbacks are not counted",
    file: COLLECTION,
    find: "    run.collected += death.emptyWeakReferences(",
    replace: "    run.collected += 0 * death.emptyWeakReferences(",
  },
];
