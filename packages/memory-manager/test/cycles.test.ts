// The report of cycles over whole memory managers.

import { findCycles } from "@ouro/cycle-detector";
import { type Reference, type Slot, slotAt, type Value } from "@ouro/interfaces";
import { composeMemoryManager } from "@ouro/memory-manager";
import { describe, expect, it } from "vitest";
import { presets } from "./presets.js";

describe.each([...presets])("Under the preset %s", (_, strategy) => {
  it("cycles are found by what they are, and gone when the references named are weakened", () => {
    const manager = composeMemoryManager({ strategy: strategy(), reservationBytes: 1 << 26 });
    const { mutator } = manager;
    const node = manager.defineType({ name: "node", visitedSlotCount: 2, rawWordCount: 1 });
    const list = manager.defineType({ name: "list", variablePart: "visited" });
    const frame = mutator.enter(4);
    const at = (index: number): Slot => slotAt(frame, index);
    const root = (index: number): Reference => mutator.root(at(index)) as Reference;
    mutator.allocateArray(list, 3, at(0));
    for (const field of [1, 2, 3]) {
      mutator.allocate(node, at(1));
      mutator.set(root(1), 0, root(0));
      mutator.set(root(0), field, root(1));
    }
    mutator.allocate(node, at(2));
    mutator.set(root(2), 1, root(2));
    mutator.setRoot(at(1), 0 as Value);
    const report = findCycles(manager);
    expect([report.objectCount, report.count, report.cycles.length]).toEqual([5, 5, 2]);
    const [large, small] = report.cycles;
    expect(large?.types.map(({ name, count }) => [name, count])).toEqual([
      ["node", 3],
      ["list", 1],
    ]);
    expect(large).toMatchObject({ referenceCount: 6, lowerBound: 3, isShortest: true });
    expect(small?.weaken.map(({ field }) => field)).toEqual([1]);
    for (const { weaken } of report.cycles) {
      for (const { from, field, to } of weaken) {
        expect(mutator.get(from, field)).toBe(to);
        mutator.set(from, field, 0 as Value);
      }
    }
    expect(findCycles(manager).count).toBe(0);
  });
});
