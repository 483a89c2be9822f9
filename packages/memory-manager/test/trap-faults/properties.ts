// What the faults of the traps are held against: the cases, each under every strategy that has a
// fault.

import { exactCase } from "../../../../scripts/faults/check-property.js";
import type { FaultProperty } from "../../../../scripts/faults/planted-fault.js";
import { composeMemoryManager } from "../../src/index.js";
import { type Compose, trapCases, trapName, wideEpochs } from "../contract-traps.js";
import { presets } from "../presets.js";

const ON = [
  "mark-sweep",
  "refcount-only",
  "semispace",
  "cpython-3.13",
  "cpython-3.13-fast",
  "refcount-trial-deletion",
];

export const properties: readonly FaultProperty[] = ON.flatMap((on) => {
  const strategy = presets.get(on);
  if (strategy === undefined) throw new Error(`no preset is named "${on}"`);
  const compose: Compose = (options) => composeMemoryManager({ ...options, strategy: strategy() });
  const manager = compose({ reservationBytes: 2 ** 24 });
  const cases = on === "mark-sweep" ? [...trapCases, wideEpochs] : trapCases;
  return cases
    .filter(({ asks }) => asks?.(manager.strategy.traits, manager) ?? true)
    .map((trapCase) => exactCase(trapName(trapCase), () => trapCase.play(compose), on));
});
