// The presets, each as a maker of subjects for the testkit, and the modes in which every program
// runs: eager counting catches what is used after its last reference went, moving at every
// safepoint what is kept over one; neither sees what the other does.

import type { Strategy } from "@ouro/interfaces";
import { markSweepStrategy } from "@ouro/mark-sweep";
import {
  composeMemoryManager,
  cpythonFastStrategy,
  cpythonStrategy,
  type MemoryManagerOptions,
  trialDeletionStrategy,
  wholeHeapStrategy,
} from "@ouro/memory-manager";
import { nullStrategy } from "@ouro/null";
import { refcountStrategy } from "@ouro/refcount";
import { semispaceStrategy } from "@ouro/semispace";
import type { SubjectMaker, SubjectOptions } from "@ouro/testkit";

const RESERVATION_BYTES = 2 ** 26;
const MIB = 2 ** 20;

/** Made anew for each composition: a strategy is a value, its collector is not. */
export const presets: ReadonlyMap<string, () => Strategy> = new Map([
  ["cpython-3.13", () => cpythonStrategy()],
  ["cpython-3.12", () => cpythonStrategy({ version: "3.12" })],
  // Collections of every generation come soon in programs as short as these.
  [
    "cpython-3.13, low thresholds",
    () => cpythonStrategy({ thresholds: { young: 5, middle: 2, old: 1 } }),
  ],
  ["refcount-whole-heap", () => wholeHeapStrategy()],
  // Candidates are examined soon in programs as short as these.
  ["refcount-trial-deletion", () => trialDeletionStrategy({ leastCandidateCount: 3 })],
  ["cpython-3.13-fast", () => cpythonFastStrategy()],
  [
    "cpython-3.13-fast, low thresholds",
    () => cpythonFastStrategy({ thresholds: { young: 5, middle: 2, old: 1 } }),
  ],
  ["null", () => nullStrategy()],
  ["refcount-only", () => refcountStrategy()],
  ["mark-sweep", () => markSweepStrategy()],
  ["semispace", () => semispaceStrategy({ minimumBytes: MIB, poisonFromSpace: true })],
]);

function compose(
  strategy: () => Strategy,
  { observer }: SubjectOptions,
  mode: Pick<MemoryManagerOptions, "checked" | "collectEvery"> = {},
) {
  return composeMemoryManager({
    strategy: strategy(),
    observer,
    reservationBytes: RESERVATION_BYTES,
    ...mode,
  });
}

export function subjectsOf(strategy: () => Strategy): SubjectMaker {
  return (options) => compose(strategy, options);
}

export function checkedSubjectsOf(strategy: () => Strategy): SubjectMaker {
  return (options) => compose(strategy, options, { checked: true });
}

/** Checked, and everything is collected at every safepoint. */
export function stressedSubjectsOf(strategy: () => Strategy): SubjectMaker {
  return (options) => compose(strategy, options, { checked: true, collectEvery: 1 });
}
