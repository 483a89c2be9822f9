import { createLargeBlockAllocator } from "@ouro/allocator";
import { UsageError } from "@ouro/interfaces";
import type { AllocatorParts } from "@ouro/memory-manager";
import { describe, expect, it } from "vitest";
import type { FreeListMaxima } from "../src/index.js";
import { compose } from "./compose.js";

describe("object free lists", () => {
  it("show nobody the objects that they keep", () => {
    const { manager, mutator, pair, slot } = compose({ freeListMaxima: { pair: 8 } });
    const dead = mutator.allocate(pair, slot(0));
    mutator.setRoot(slot(0), 0);
    expect(manager.collector.isObject(dead)).toBe(false);
    const seen: number[] = [];
    manager.collector.walk((object) => seen.push(object));
    expect(seen).toEqual([]);
    expect(manager.collector.statistics()).toEqual({
      liveCount: 0,
      liveBytes: 0,
      collectionCount: 0,
      reclaimedCount: 1,
    });
    expect(mutator.allocate(pair, slot(1))).toBe(dead);
    manager.validate();
  });

  it("refuse a maximum that is no count, and a type whose objects differ in size", () => {
    expect(() => compose({ freeListMaxima: { pair: -1 } })).toThrow(UsageError);
    expect(() => compose({ freeListMaxima: { pair: 1.5 } })).toThrow(UsageError);
    for (const none of [3, "pair", null]) {
      const maxima = none as unknown as FreeListMaxima;
      expect(() => compose({ freeListMaxima: maxima })).toThrow(
        `freeListMaxima ${none} is no object of counts`,
      );
    }
    const { manager, mutator, list, slot, liveCount } = compose({ freeListMaxima: { list: 5 } });
    expect(() => mutator.allocateArray(list, 2, slot(0))).toThrow(
      "names a type of variable length",
    );
    expect(liveCount()).toBe(0);
    manager.validate();
  });

  it("are found broken when something writes into a listed object", () => {
    const { manager, mutator, pair, slot } = compose({ freeListMaxima: { pair: 8 } });
    const dead = mutator.allocate(pair, slot(0));
    mutator.setRoot(slot(0), 0);
    manager.heap.words[dead] = 7;
    expect(() => manager.validate()).toThrow('free list of "pair"');
  });

  it("are given back by a trim, with what the allocator keeps", () => {
    const largeBlocks = ({ heap }: AllocatorParts) => createLargeBlockAllocator({ source: heap });
    for (const allocator of [undefined, largeBlocks]) {
      for (const freeListMaxima of [{}, { pair: 8 }]) {
        const options = allocator === undefined ? {} : { allocator };
        const { manager, mutator, pair, slot } = compose({ ...options, freeListMaxima });
        mutator.allocate(pair, slot(0));
        mutator.setRoot(slot(0), 0);
        manager.trim();
        expect(manager.heap.statistics().lentArenaCount).toBe(0);
        manager.validate();
        const keepsNothing = allocator !== undefined && !("pair" in freeListMaxima);
        expect(manager.collector.trim === undefined).toBe(keepsNothing);
      }
    }
  });
});
