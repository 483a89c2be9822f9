// What a collector must be that a strategy made: it has every call, and exactly the barrier hooks,
// and the `step`, that the strategy's traits name.

import {
  type BarrierHook,
  type Collector,
  describeValue,
  IncompatiblePartsError,
  type Strategy,
} from "@ouro/interfaces";

const BARRIER_HOOKS: readonly BarrierHook[] = ["born", "write", "move", "copy", "drop"];
const COLLECTOR_CALLS = [
  ...["allocate", "tryAllocate", "collect", "poll", "isObject", "walk", "restored"],
  ...["statistics", "validate"],
];

/** Throws `IncompatiblePartsError` naming the first call that is missing. */
export function checkCollector({ name }: Strategy, collector: unknown): void {
  const made = Object(collector) as Record<string, unknown>;
  const missing = COLLECTOR_CALLS.find((call) => typeof made[call] !== "function");
  if (missing === undefined) return;
  throw new IncompatiblePartsError({
    parts: [name, "memory manager"],
    reason: `its create made no collector: ${describeValue(collector)} has no function ${missing}`,
    remedy: "Return a `Collector` of @ouro/interfaces",
  });
}

/** A collector has exactly the hooks, and the `step`, that its traits name. */
export function checkHooks(strategy: Strategy, collector: Collector): void {
  const { slices } = strategy.traits;
  if (slices !== (collector.step !== undefined)) {
    throw new IncompatiblePartsError({
      parts: [strategy.name, "mutator"],
      reason: slices
        ? "its traits say that it works in slices, and its collector has no step"
        : "its collector has a step, and its traits do not say that it works in slices",
      remedy: "Implement `step` and say `slices`, or neither",
    });
  }
  for (const hook of BARRIER_HOOKS) {
    const isNamed = strategy.traits.hooks.includes(hook);
    if (isNamed === (collector[hook] !== undefined)) continue;
    throw new IncompatiblePartsError({
      parts: [strategy.name, "mutator"],
      reason: isNamed
        ? `its traits name the barrier hook "${hook}", and its collector has none`
        : `its collector has the barrier hook "${hook}", and its traits do not name it`,
      remedy: "Implement the hook and name it, or neither",
    });
  }
}
