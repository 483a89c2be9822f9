// What it costs that somebody may listen: the same program on managers that differ in their
// observer alone. A manager that nobody listens to has no call and no branch for events, so that
// the first listener below, and the second one, should cost nothing.

import type { PresetName } from "@ouro/memory-manager";

export const OBSERVER = "observer";

export interface Listener {
  readonly name: string;
  readonly title: string;
}

/** The first is what the others are held against; the second is the noise of the measurement. */
export const LISTENERS: readonly Listener[] = [
  { name: "nobody", title: "nobody" },
  { name: "nobody-again", title: "nobody, once more" },
  { name: "wants-nothing", title: "an observer that wants no event" },
  { name: "wants-collections", title: "one that wants collections alone" },
  { name: "wants-everything", title: "one that wants everything, and does nothing" },
];

export const OBSERVED_PRESETS: readonly PresetName[] = ["cpython-3.13", "mark-sweep"];

export interface ObserverWorkload {
  readonly depth: number;
  /** Runs of one process; the first two warm up. */
  readonly repeatCount: number;
  /** Processes of each listener in a round. */
  readonly pairsPerRound: number;
}

export function makeObserverWorkload(isQuick: boolean): ObserverWorkload {
  return isQuick
    ? { depth: 10, repeatCount: 4, pairsPerRound: 6 }
    : { depth: 12, repeatCount: 5, pairsPerRound: 6 };
}
