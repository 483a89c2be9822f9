import type { Strategy } from "@ouro/interfaces";
import { createMemoryManager } from "@ouro/memory-manager";
import { refcountStrategy } from "@ouro/refcount";
import { describe, expect, it } from "vitest";
import { presets } from "./presets.js";
import {
  collectsNoSooner,
  emptiesFreeLists,
  givesEverythingBack,
  goesOnWithoutWhatItGave,
  keepsNoMore,
  keepsWhatLives,
  sweepsFirst,
} from "./trim-cases.js";

const reclaiming = [...presets].filter(([name]) => name !== "null");

describe.each(reclaiming)("trim of %s", (_name, strategy) => {
  it("gives every arena back once nothing lives and all is collected, and says how many", () => {
    givesEverythingBack(strategy());
  });

  it("leaves what lives where and as it is", () => {
    keepsWhatLives(strategy());
  });

  it("keeps no arena that holds nothing", () => {
    keepsNoMore(strategy());
  });
});

describe.each(reclaiming.filter(([name]) => /^(semispace|mark-sweep|refcount-only)$/.test(name)))(
  "trim of %s",
  (_name, strategy) => {
    it("brings no collection forward", () => {
      collectsNoSooner(strategy);
    });

    it("is no loss when somebody else takes what was given back", () => {
      goesOnWithoutWhatItGave(strategy);
    });
  },
);

it("trim sweeps first what a lazy sweep has not come to", () => {
  sweepsFirst(presets.get("mark-sweep")?.() as Strategy);
});

it("trim gives back what object free lists keep", () => {
  emptiesFreeLists((freeListMaxima) => refcountStrategy({ freeListMaxima }));
});

it("trim under null has nothing to give back, for there nothing dies", () => {
  const manager = createMemoryManager("null", { reservationBytes: 2 ** 24 });
  const pair = manager.defineType({ name: "pair", visitedSlotCount: 2 });
  const frame = manager.mutator.enter(1);
  manager.mutator.allocate(pair, frame);
  manager.mutator.leave(frame);
  expect(manager.trim()).toBe(0);
  expect(manager.heap.statistics().lentArenaCount).toBe(1);
});
