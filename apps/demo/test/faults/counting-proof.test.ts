// The proof that counting alone frees a heap can fail: any weak reference that is left out, or that
// names another slot, is noticed, in every random graph.

import { findCycles } from "@ouro/cycle-detector";
import { describe, expect, it } from "vitest";
import { countHeap, type WeakSlot } from "../../src/counting-proof.js";
import { createRandom, randomImage } from "../random-image.js";

/** References to make weak, as objects and slots of the image. */
function weakSlotsOf(image: ReturnType<typeof randomImage>): WeakSlot[] {
  const { manager, addresses } = countHeap(image);
  const numbers = new Map(Array.from(addresses, (address, number) => [address, number] as const));
  return findCycles(manager).cycles.flatMap(({ weaken }) =>
    weaken.map(({ from, field }) => ({ holder: numbers.get(from) as number, slot: field })),
  );
}

const leftOf = (image: ReturnType<typeof randomImage>, weak: readonly WeakSlot[]): number =>
  countHeap(image, weak)
    .dropRoots()
    .reduce((sum, left) => sum + left, 0);

describe("the proof by counting", () => {
  it("holds with all weak references, and with none of them left out", () => {
    let tried = 0;
    for (let seed = 1; seed <= 12; seed++) {
      const image = randomImage(createRandom(seed));
      const weak = weakSlotsOf(image);
      expect(leftOf(image, weak)).toBe(0);
      for (let index = 0; index < weak.length; index++) {
        const others = weak.filter((_, at) => at !== index);
        expect(leftOf(image, others), `seed ${seed}, reference ${index}`).toBeGreaterThan(0);
        tried++;
      }
      if (weak.length > 0) expect(leftOf(image, [])).toBeGreaterThan(0);
    }
    expect(tried).toBeGreaterThan(20);
  });

  it("fails when another slot is emptied than the one that was named", () => {
    const image = randomImage(createRandom(3), { nodeCount: 2, slotCount: 2, ring: true });
    expect(leftOf(image, [{ holder: 0, slot: 0 }])).toBe(0);
    expect(leftOf(image, [{ holder: 0, slot: 1 }])).toBe(2);
  });
});
