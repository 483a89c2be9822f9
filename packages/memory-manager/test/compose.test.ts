import { composeMemoryManager, createMemoryManager, PRESET_NAMES } from "@ouro/memory-manager";
import { nullStrategy } from "@ouro/null";
import { describe, expect, test } from "vitest";
import { hasRoom, ROOMY, saysWhatIsTooSmall } from "./room-cases.js";

test("the null strategy runs a program", () => {
  const m = composeMemoryManager({ strategy: nullStrategy(), reservationBytes: 64 << 20 });
  const node = m.defineType({ name: "node", visitedSlotCount: 2 });
  const { mutator } = m;
  const f = mutator.enter(2);
  const a = mutator.allocate(node, f);
  mutator.allocate(node, (f + 1) as never);
  mutator.give(a, 0, (f + 1) as never);
  m.validate();
  using h = m.handles.hold(f);
  expect(mutator.get(h.value as never, 0)).toBeGreaterThan(0);
  mutator.leave(f);
  m.validate();
});

describe.each(PRESET_NAMES)("a memory manager of its own heap, %s,", (preset) => {
  const strategy = () => createMemoryManager(preset, { reservationBytes: 8 << 20 }).strategy;

  test(ROOMY, () => {
    hasRoom({ composeMemoryManager }, strategy);
  });

  test("says which option is too small for its tables", () => {
    saysWhatIsTooSmall({ composeMemoryManager }, strategy);
  });
});
