// What the faults of whole memory managers are held against.

import { exactCase } from "../../../../scripts/faults/check-property.js";
import type { FaultProperty } from "../../../../scripts/faults/planted-fault.js";
import {
  composeMemoryManager,
  cpythonFastStrategy,
  cpythonStrategy,
  trialDeletionStrategy,
} from "../../src/index.js";
import { COLLECTS_FIRST, collectsBeforeMemoryIsOut } from "../emergency-collection.js";
import {
  finalizesWhatItFound,
  NO_SECOND,
  nestsNoCollection,
  ONE_COLLECTION,
} from "../finalizer-chains.js";

const strategies = {
  "cpython-3.13": () => cpythonStrategy(),
  "cpython-3.13-fast": () => cpythonFastStrategy(),
  "refcount-trial-deletion": () => trialDeletionStrategy(),
};

const inSmallHeap = () =>
  composeMemoryManager({
    strategy: cpythonStrategy(),
    reservationBytes: 2 ** 26,
    limitBytes: 2 ** 22,
  });

export const properties: readonly FaultProperty[] = [
  exactCase(COLLECTS_FIRST, () => collectsBeforeMemoryIsOut(inSmallHeap()), "cpython-3.13"),
  ...Object.entries(strategies).flatMap(([on, strategy]) => {
    const make = () => composeMemoryManager({ strategy: strategy(), reservationBytes: 2 ** 26 });
    return [
      exactCase(ONE_COLLECTION, () => finalizesWhatItFound(make()), on),
      exactCase(NO_SECOND, () => nestsNoCollection(make()), on),
    ];
  }),
];
