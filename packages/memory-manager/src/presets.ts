// Presets: compositions by name. A preset is a strategy; everything else stays an option.

import { numberText, type Strategy, UsageError } from "@ouro/interfaces";
import { markSweepStrategy } from "@ouro/mark-sweep";
import { nullStrategy } from "@ouro/null";
import { refcountStrategy } from "@ouro/refcount";
import { semispaceStrategy } from "@ouro/semispace";
import { cpythonFastStrategy } from "./cpython-fast-strategy.js";
import { cpythonStrategy } from "./cpython-strategy.js";
import {
  composeMemoryManager,
  type MemoryManager,
  type MemoryManagerOptions,
} from "./memory-manager.js";
import { trialDeletionStrategy } from "./trial-deletion-strategy.js";
import { wholeHeapStrategy } from "./whole-heap-strategy.js";

const STRATEGIES = {
  "cpython-3.13": () => cpythonStrategy(),
  "cpython-3.13-fast": () => cpythonFastStrategy(),
  "cpython-3.12": () => cpythonStrategy({ version: "3.12" }),
  "refcount-whole-heap": () => wholeHeapStrategy(),
  "refcount-trial-deletion": () => trialDeletionStrategy(),
  null: nullStrategy,
  "refcount-only": refcountStrategy,
  "mark-sweep": markSweepStrategy,
  semispace: semispaceStrategy,
} as const satisfies Record<string, () => Strategy>;

export type PresetName = keyof typeof STRATEGIES;

/** What a memory manager is without a name: objects live and die as in CPython 3.13. */
export const DEFAULT_PRESET: PresetName = "cpython-3.13";

/** Every preset, in the order in which the documentation names them. */
export const PRESET_NAMES = Object.keys(STRATEGIES) as readonly PresetName[];

/**
 * A memory manager by name, `cpython-3.13` unless another is given. Throws `UsageError` for a name
 * that is no preset or a strategy among the options, and what `composeMemoryManager` throws.
 */
export function createMemoryManager(
  preset: PresetName = DEFAULT_PRESET,
  options: Omit<MemoryManagerOptions, "strategy"> = {},
): MemoryManager {
  if (typeof preset !== "string" || !Object.hasOwn(STRATEGIES, preset)) {
    throw new UsageError({
      where: "createMemoryManager",
      argument: typeof preset === "string" ? `preset "${preset}"` : numberText(preset),
      problem: "is not known",
      remedy: `Choose one of ${PRESET_NAMES.join(", ")}`,
    });
  }
  if ((options as Partial<MemoryManagerOptions> | null)?.strategy !== undefined) {
    throw new UsageError({
      where: "createMemoryManager",
      argument: "option strategy",
      problem: "is what the preset stands for",
      remedy: "Leave it out, or call composeMemoryManager, which takes a strategy",
    });
  }
  const strategy = STRATEGIES[preset]();
  // What is no object is refused there, and would be lost if it were spread here.
  return composeMemoryManager(
    typeof options === "object" ? { ...options, strategy } : (options as MemoryManagerOptions),
  );
}
