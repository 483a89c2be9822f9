// Slots of frames in checked mode carry a key: no two frames that lie beside one another have the
// same, however many frames came before, and a slot of a frame that was left is none.

import { slotAt } from "@ouro/interfaces";
import { expect, it } from "vitest";
import { makeManager } from "./manager.js";

it("a frame never has the key of the one below, in forty thousand frames", () => {
  const { mutator } = makeManager({ checked: true, frameSlotLimitCount: 16 });
  const outer = mutator.enter(1);
  const keys = new Set<number>();
  let sameCount = 0;
  for (let count = 0; count < 40_000; count++) {
    const inner = mutator.enter(1);
    if (inner === slotAt(outer, 1)) sameCount++;
    keys.add(inner);
    mutator.leave(inner);
  }
  expect(sameCount).toBe(0);
  expect(keys.size).toBeGreaterThan(1000);
  mutator.setRoot(outer, 0);
  for (const each of [slotAt(outer, 1), ...[...keys].slice(0, 20)]) {
    expect(() => mutator.root(each as never)).toThrow(/is not a root slot/);
  }
  mutator.leave(outer);
});
