// The preset that graphs and programs run on: known by name to the memory manager alone, so that a
// new one is there by itself.

import { UsageError } from "@ouro/interfaces";
import {
  createMemoryManager,
  type MemoryManager,
  type MemoryManagerOptions,
  PRESET_NAMES,
  type PresetName,
} from "@ouro/memory-manager";
import { didYouMean } from "./suggestion.js";

const LEAST_RESERVATION_BYTES = 2 ** 26;

/** Makes managers of the preset with this name. Throws `UsageError` for a name that is none. */
export function presetNamed(
  name: string,
): (options: Omit<MemoryManagerOptions, "strategy">) => MemoryManager {
  const preset = PRESET_NAMES.find((known) => known === name);
  if (preset !== undefined) return (options) => createMemoryManager(preset, options);
  throw new UsageError({
    where: "ouro --preset",
    argument: name === "" ? '""' : name,
    problem: "is not a preset",
    remedy: didYouMean(name, PRESET_NAMES, `Known: ${PRESET_NAMES.join(", ")}.`),
  });
}

/** Every preset and, in a few words, what its traits say. */
export function presetRows(): (readonly [string, string])[] {
  return PRESET_NAMES.map((name) => [name, meaningOf(name)]);
}

const CYCLES = {
  never: "cycles stay",
  eventually: "cycles go in time",
  "full collection": "cycles go in collections",
} as const;

function meaningOf(name: PresetName): string {
  const manager = createMemoryManager(name, { reservationBytes: LEAST_RESERVATION_BYTES });
  const { traits } = manager.strategy;
  const garbage =
    traits.cycles === "never" && !traits.counts
      ? "nothing is reclaimed"
      : traits.death === "prompt"
        ? "garbage goes at once"
        : "garbage goes in collections";
  return [
    traits.counts ? "counts references" : "counts nothing",
    garbage,
    ...(garbage === "nothing is reclaimed" ? [] : [CYCLES[traits.cycles]]),
    ...(traits.moves ? ["objects move"] : []),
    ...(manager.finalization === undefined ? [] : ["finalizers and weak references"]),
  ].join(", ");
}
