// Private heaps with one fault each, planted from outside, for every property of the suite: what
// scripts and drawings of their counterexamples are looked at with.

import { createPrivateHeap } from "@ouro/heap";
import { ARENA_SIZE_BYTES, type Arena, type PrivateHeap, type Region } from "@ouro/interfaces";
import * as kit from "../src/index.js";

export interface ToyHeap {
  readonly fault: string;
  readonly killedBy: string;
  /** What it is without the fault. */
  readonly right: kit.HeapMaker;
  readonly wrong: kit.HeapMaker;
}

type Change = (heap: PrivateHeap) => Partial<PrivateHeap>;

const make = (options: kit.HeapMakerOptions): PrivateHeap =>
  createPrivateHeap({ reservationBytes: 9 * 2 ** 20, ...options });

const right: kit.HeapMaker = { name: "right", returnsMemory: false, make };

function toy(fault: string, killedBy: string, change: Change): ToyHeap {
  const wrong: kit.HeapMaker = {
    ...{ name: fault, returnsMemory: false },
    make(options) {
      const heap = make(options);
      // Its own fields are getters, which a copy would freeze.
      const changed = change(heap) as Record<string | symbol, unknown>;
      return new Proxy(heap, {
        get: (_, key) => (key in changed ? changed[key] : Reflect.get(heap, key, heap)),
      });
    },
  };
  return { fault, killedBy, right, wrong };
}

const lendsTwice: Change = ({ reserveArenas }) => {
  let first = 0 as Arena;
  return {
    reserveArenas(borrower, arenaCount) {
      if (first !== 0) return first;
      first = reserveArenas(borrower, arenaCount);
      return first;
    },
  };
};

const deaf: kit.HeapMaker["make"] = (options) => make({ ...options, onSoftLimit() {} });

export const toyHeaps: readonly ToyHeap[] = [
  toy("lends twice", kit.LENDING, lendsTwice),
  toy("takes the limit for more", kit.HEAP_REFUSALS, (heap) => ({
    setLimitBytes: (limitBytes) => heap.setLimitBytes(limitBytes + ARENA_SIZE_BYTES),
  })),
  toy("counts one more", kit.BOOKS, ({ statistics }) => ({
    statistics() {
      const found = statistics();
      return { ...found, lentArenaCount: 2 * found.lentArenaCount };
    },
  })),
  toy("walks past the first", kit.ARENA_WALK, ({ walkArenas }) => ({
    walkArenas(visit) {
      let count = 0;
      walkArenas((arena, borrower) => {
        if (count++ > 0) visit(arena, borrower);
      });
    },
  })),
  toy("lays regions over one another", kit.REGIONS, ({ reserveRegion }) => {
    let first: Region | undefined;
    return {
      reserveRegion(borrower, name, sizeWords) {
        const region = reserveRegion(borrower, name, sizeWords);
        first ??= region;
        return region.existed ? region : { ...region, start: first.start };
      },
    };
  }),
  {
    ...{ fault: "is silent", killedBy: kit.SOFT_LIMIT, right },
    wrong: { ...right, name: "is silent", make: deaf },
  },
  toy("breaks its table", kit.HEAP_SOUND, (heap) => ({
    setLimitBytes(limitBytes) {
      heap.setLimitBytes(limitBytes);
      heap.words[heap.arenaTable + heap.firstArenaIndex] = 9;
    },
  })),
];
