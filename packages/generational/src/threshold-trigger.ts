// CPython's trigger: the oldest generation whose count is above its threshold. A full collection
// waits until those that have survived since the last one are a quarter of what that one left, so
// that its cost stays linear in what is made.
//
//   count 0 ─► above its threshold?   count 1 ─► above?
//   count 2 ─► above, and pending ≥ total / 4?
//
// Source: CPython 3.13 Python/gc.c `gc_select_generation`; issue 4074 for the quarter.

import { NOT_DUE, OLDEST_GENERATION, type Trigger } from "@ouro/interfaces";
import { COUNT, type GenerationState, PENDING, THRESHOLD, TOTAL } from "./generation-state.js";

/** The trigger of `createGenerations` unless it is given another. */
export function createThresholdTrigger({ get, set }: GenerationState): Trigger {
  function due(netCount: number): number {
    for (let generation = OLDEST_GENERATION; generation >= 0; generation--) {
      const count = generation === 0 ? netCount : get(COUNT + generation);
      if (count <= get(THRESHOLD + generation)) continue;
      if (generation === OLDEST_GENERATION && get(PENDING) < Math.floor(get(TOTAL) / 4)) continue;
      return generation;
    }
    return NOT_DUE;
  }

  return {
    name: "thresholds",
    due,
    done({ generation, promotedCount }) {
      if (generation === OLDEST_GENERATION - 1) set(PENDING, get(PENDING) + promotedCount);
      if (generation !== OLDEST_GENERATION) return;
      set(PENDING, 0);
      set(TOTAL, promotedCount);
    },
  };
}
