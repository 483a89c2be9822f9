// What a run of random programs made happen: in how many programs each feature was seen at least
// once. A comparison says something about a feature only if it came about.

import type { Operation } from "./machine-program.js";
import { SELF } from "./machine-program.js";
import type { MachineWatch } from "./ouro-machine.js";

export const FEATURES = [
  "finalizer on death by count",
  "finalizer in a collection",
  "two finalizers or more in one collection",
  "finalizers that compete for one root in one step",
  "object resurrected, reached from a root",
  "two objects or more resurrected in one step",
  "resurrected object gone again",
  "callback on death by count",
  "callback in a collection",
  "two callbacks or more in one step",
  "callback that is an object",
  "code that stores",
  "code that drops what a root holds",
  "code that allocates",
  "code that makes a weak reference",
  "code that collects, outside a collection",
  "code that collects, inside a collection",
  "code that throws",
  "cycle found by a collection",
  "tuple out of the lists",
  "dict out of the lists",
  "freezing",
] as const;
export type Feature = (typeof FEATURES)[number];

export interface FeatureTally {
  readonly watch: MachineWatch;
  /** A program is over. */
  next(): void;
  readonly programCount: number;
  readonly stepCount: number;
  countOf(feature: Feature): number;
}

export function createFeatureTally(): FeatureTally {
  const counts = new Map<Feature, number>();
  const seen = new Set<Feature>();
  let programCount = 0;
  let stepCount = 0;
  // Of the step that is under way.
  let finalizers = 0;
  let callbacks = 0;
  let finalizedBefore = 0;
  let finalizedNow = 0;
  let targets = new Set<number>();

  function noteIf(isSeen: boolean, feature: Feature): void {
    if (isSeen) seen.add(feature);
  }

  function noteCode(code: readonly Operation[], inCollection: boolean, isFinalizer: boolean): void {
    for (const [index, operation] of code.entries()) {
      if (code.slice(0, index).some(([name]) => name === "throw")) return;
      const [name] = operation;
      const where = inCollection ? "inside" : "outside";
      noteIf(name === "set", "code that stores");
      noteIf(name === "new" || name === "tuple", "code that allocates");
      noteIf(name === "weak" || name === "weak call", "code that makes a weak reference");
      noteIf(name === "collect", `code that collects, ${where} a collection`);
      noteIf(name === "throw", "code that throws");
      if (name !== "copy") continue;
      noteIf(operation[2] !== SELF, "code that drops what a root holds");
      if (!isFinalizer || operation[2] !== SELF) continue;
      noteIf(targets.has(operation[1]), "finalizers that compete for one root in one step");
      targets.add(operation[1]);
    }
  }

  const watch: MachineWatch = {
    began(what, code, inCollection) {
      const where = inCollection ? "in a collection" : "on death by count";
      if (what === "finalizer") {
        finalizers += inCollection ? 1 : 0;
        noteIf(true, `finalizer ${where}`);
        noteIf(finalizers > 1, "two finalizers or more in one collection");
      } else {
        callbacks++;
        noteIf(true, `callback ${where}`);
        noteIf(callbacks > 1, "two callbacks or more in one step");
        noteIf(what === "call", "callback that is an object");
      }
      noteCode(code, inCollection, what === "finalizer");
    },
    saw(kind, isTracked, isFinalized) {
      if (isFinalized) finalizedNow++;
      noteIf(kind === "tuple" && !isTracked, "tuple out of the lists");
      noteIf(kind === "dict" && !isTracked, "dict out of the lists");
    },
    stepped(operation, lines) {
      stepCount++;
      noteIf(finalizedNow > 0, "object resurrected, reached from a root");
      noteIf(finalizedNow > finalizedBefore + 1, "two objects or more resurrected in one step");
      noteIf(finalizedNow < finalizedBefore, "resurrected object gone again");
      const isFound = lines.some((line) => /^collect \d = [1-9]/.test(line));
      noteIf(isFound && operation[0] === "collect", "cycle found by a collection");
      noteIf(operation[0] === "freeze" || operation[0] === "unfreeze", "freezing");
      finalizedBefore = finalizedNow;
      finalizedNow = 0;
      finalizers = 0;
      callbacks = 0;
      targets = new Set();
    },
  };

  return {
    watch,
    next() {
      programCount++;
      for (const feature of seen) counts.set(feature, (counts.get(feature) ?? 0) + 1);
      seen.clear();
      finalizedBefore = 0;
      finalizers = 0;
      callbacks = 0;
      targets = new Set();
    },
    get programCount() {
      return programCount;
    },
    get stepCount() {
      return stepCount;
    },
    countOf: (feature) => counts.get(feature) ?? 0,
  };
}
