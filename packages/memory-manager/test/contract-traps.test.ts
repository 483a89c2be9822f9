import { FLAGS_SHIFT, type Strategy } from "@ouro/interfaces";
import { composeMemoryManager } from "@ouro/memory-manager";
import { describe, expect, it } from "vitest";
import { type Compose, trapCases, trapName, wideEpochs } from "./contract-traps.js";
import { presets } from "./presets.js";

const composeOf =
  (strategy: () => Strategy): Compose =>
  (options) =>
    composeMemoryManager({ ...options, strategy: strategy() });

describe.each([...presets])("The fourteen traps under %s", (_, strategy) => {
  const compose = composeOf(strategy);
  const manager = compose({ reservationBytes: 2 ** 24 });
  const asked = trapCases.filter(({ asks }) => asks?.(manager.strategy.traits, manager) ?? true);

  it.each(asked.map((trapCase) => [trapName(trapCase), trapCase] as const))("%s", (_, { play }) => {
    play(compose);
  });

  it("keeps the type's flags apart from the type, as strategies have bits there", () => {
    const { mutator, defineType, heap } = compose({ reservationBytes: 2 ** 24 });
    const pair = defineType({ name: "pair", visitedSlotCount: 2 });
    const object = mutator.allocate(pair, mutator.enter(1));
    expect((heap.words[object + 1] as number) & ((1 << FLAGS_SHIFT) - 1)).toBe(pair);
  });
});

it(trapName(wideEpochs), { timeout: 60_000 }, () => {
  wideEpochs.play(composeOf(presets.get("mark-sweep") as () => Strategy));
});

it("Each of the fourteen traps has a case", () => {
  const traps = new Set(trapCases.map(({ trap }) => trap));
  expect([...traps]).toEqual(Array.from({ length: 14 }, (_, index) => index + 1));
});
