// What the faults of known mistakes are held against: each case under the strategies that its
// faults are of.

import type { Strategy } from "@ouro/interfaces";
import { markSweepStrategy } from "@ouro/mark-sweep";
import { exactCase } from "../../../../scripts/faults/check-property.js";
import {
  composeMemoryManager,
  cpythonFastStrategy,
  cpythonStrategy,
  trialDeletionStrategy,
  wholeHeapStrategy,
} from "../../src/index.js";
import * as cases from "../mistake-cases.js";

const parts = { composeMemoryManager };
const KIB = 1 << 10;

const strategies: Readonly<Record<string, () => Strategy>> = {
  "cpython-3.13": cpythonStrategy,
  "cpython-3.13-fast": cpythonFastStrategy,
  "refcount-trial-deletion": trialDeletionStrategy,
  "refcount-whole-heap": wholeHeapStrategy,
  "mark-sweep": () => markSweepStrategy({ minimumBudgetBytes: 256 * KIB }),
};

const played: readonly (readonly [name: string, on: string])[] = [
  [cases.DIED_MEANWHILE, "cpython-3.13"],
  [cases.DIED_MEANWHILE, "cpython-3.13-fast"],
  [cases.EMPTY_FIRST, "cpython-3.13"],
  [cases.AGAIN, "cpython-3.13"],
  [cases.AGAIN, "refcount-trial-deletion"],
  [cases.WITHIN, "cpython-3.13"],
];

const peaks: readonly (readonly [name: string, on: string])[] = [
  [cases.PEAK, "refcount-whole-heap"],
  [cases.PEAK, "mark-sweep"],
  [cases.CANDIDATE_PEAK, "refcount-trial-deletion"],
];

const makerOf = (on: string): (() => Strategy) => strategies[on] as () => Strategy;

export const properties = [
  ...played.map(([name, on]) =>
    exactCase(name, () => cases.mistakeCases[name]?.(parts, makerOf(on)()), on),
  ),
  ...peaks.map(([name, on]) =>
    exactCase(name, () => cases.forgetsPeaks(parts, makerOf(on), on.includes("trial")), on),
  ),
];
