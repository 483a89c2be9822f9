// The memory managers that the structures are tried on: every strategy, fast and checked, and
// checked with a collection at every safepoint.

import type { Strategy } from "@ouro/interfaces";
import { markSweepStrategy } from "@ouro/mark-sweep";
import type { MemoryManager } from "@ouro/memory-manager";
import { nullStrategy } from "@ouro/null";
import { refcountStrategy } from "@ouro/refcount";
import { semispaceStrategy } from "@ouro/semispace";
import { makeManager } from "./manager.js";

export type Composition = Pick<
  MemoryManager,
  "mutator" | "types" | "collector" | "handles" | "validate"
>;

const strategies: readonly (() => Strategy)[] = [
  nullStrategy,
  refcountStrategy,
  markSweepStrategy,
  semispaceStrategy,
];

const modes = [
  { mode: "fast", options: {} },
  { mode: "checked", options: { checked: true } },
  {
    mode: "checked, collecting at every safepoint",
    options: { checked: true, collectEvery: 1 },
  },
];

export const compositions = strategies.flatMap((strategy) =>
  modes.map(({ mode, options }) => ({
    name: `${strategy().name}, ${mode}`,
    make: (): Composition => makeManager({ strategy: strategy(), ...options }),
  })),
);
