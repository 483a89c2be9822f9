// A root stack that ends far behind leaves few bits for keys of frames: they are used up soon, and
// again and again.

import { type Slot, slotAt } from "@ouro/interfaces";
import { expect, it } from "vitest";
import { makeManager } from "./manager.js";

const options = { handleLimitCount: 2 ** 20, frameSlotLimitCount: 16 };

it("a frame has a key, and never that of the one below, when all keys were used", () => {
  const { mutator, plainSlot } = makeManager({ checked: true, isWide: true, ...options });
  const keyOf = (frame: Slot): number => frame - plainSlot(frame);
  function enterAndLeave(): number {
    const frame = mutator.enter(1);
    const key = keyOf(frame);
    mutator.leave(frame);
    return key;
  }
  const keys = new Set(Array.from({ length: 3000 }, enterAndLeave));
  const unit = Math.min(...keys);
  const last = Math.max(...keys);
  expect([unit * (keys.size + 1), keys.size * unit]).toEqual([2 ** 30, last]);
  for (const wanted of [unit, 2 * unit, last]) {
    while (enterAndLeave() !== wanted - unit && wanted !== unit);
    while (wanted === unit && enterAndLeave() !== last);
    const outer = mutator.enter(1);
    expect(keyOf(outer)).toBe(wanted);
    const others = new Set<number>();
    for (let count = 0; count < 1500; count++) {
      const inner = mutator.enter(1);
      if (inner === slotAt(outer, 1)) throw new Error(`two frames have the key ${wanted}`);
      others.add(keyOf(inner));
      mutator.leave(inner);
    }
    expect(others).toEqual(new Set([...keys].filter((key) => key !== wanted)));
    mutator.leave(outer);
  }
});
