// Prices: each event costs what the model says, cascades are pauses, and nothing depends on time.

import {
  EVENT_COLLECTION_START,
  EVENT_COUNT_CHANGE,
  EVENT_OBJECT_CREATE,
  EVENT_OBJECT_MOVE,
  EVENT_OBJECT_RECLAIM,
  EVENT_SLOT_WRITE,
} from "@ouro/interfaces";
import { createMemoryManager } from "@ouro/memory-manager";
import { createCostModel } from "@ouro/monitor";
import { describe, expect, it } from "vitest";

describe("the cost model", () => {
  it("asks a price for each event, and makes one pause of what the manager did", () => {
    const { observer, endOperation, totals, pauses } = createCostModel();
    observer.event(EVENT_OBJECT_CREATE, 16, 1, 4);
    observer.event(EVENT_SLOT_WRITE, 20, 16, 0);
    observer.event(EVENT_COUNT_CHANGE, 16, 1, 2);
    endOperation();
    expect(totals()).toEqual({ program: 6, counting: 1, pauses: 0 });
    expect(pauses.count).toBe(0);
    observer.event(EVENT_COLLECTION_START, 0, 10, 0);
    observer.event(EVENT_OBJECT_MOVE, 16, 32, 4);
    observer.event(EVENT_OBJECT_RECLAIM, 48, 1, 4);
    endOperation();
    expect(totals().pauses).toBe(10 + 5 + 1);
    expect([pauses.count, pauses.greatest]).toEqual([1, 16]);
  });

  it("counts a cascade of deallocations as one pause, as long as the cascade", () => {
    const model = createCostModel();
    const manager = createMemoryManager("refcount-only", { observer: model.observer });
    const { mutator } = manager;
    const node = manager.defineType({ name: "node", visitedSlotCount: 1 });
    const frame = mutator.enter(2);
    for (let index = 0; index < 500; index++) {
      const object = mutator.allocate(node, (frame + 1) as typeof frame);
      mutator.set(object, 0, mutator.root(frame));
      mutator.setRoot(frame, object);
      model.endOperation();
    }
    mutator.setRoot((frame + 1) as typeof frame, 0);
    expect(model.pauses.count).toBe(0);
    mutator.setRoot(frame, 0);
    model.endOperation();
    expect([model.pauses.count, model.pauses.greatest]).toEqual([1, 500]);
  });

  it("asks for all that trial deletion examines, not for its candidates alone", () => {
    const model = createCostModel();
    const manager = createMemoryManager("refcount-trial-deletion", { observer: model.observer });
    const { mutator } = manager;
    const node = manager.defineType({ name: "node", visitedSlotCount: 1 });
    const frame = mutator.enter(3);
    const [next, spare] = [(frame + 1) as typeof frame, (frame + 2) as typeof frame];
    for (let index = 0; index < 500; index++) {
      const object = mutator.allocate(node, next);
      mutator.set(object, 0, mutator.root(frame));
      mutator.setRoot(frame, object);
    }
    mutator.setRoot(next, 0);
    mutator.collect();
    model.endOperation();
    const before = model.totals().pauses;
    // The first of the list is a candidate now, and reaches all others.
    mutator.setRoot(spare, mutator.root(frame));
    mutator.setRoot(spare, 0);
    const { examinedCount } = mutator.collect();
    model.endOperation();
    expect(examinedCount).toBe(500);
    expect(model.totals().pauses - before).toBe(500);
  });

  it("asks the same price of the same program, and another of another strategy", () => {
    const priceOf = (preset: "mark-sweep" | "cpython-3.13"): object => {
      const model = createCostModel();
      const manager = createMemoryManager(preset, { observer: model.observer });
      const { mutator } = manager;
      const node = manager.defineType({ name: "node", visitedSlotCount: 1 });
      const frame = mutator.enter(1);
      for (let index = 0; index < 5000; index++) {
        const object = mutator.allocate(node, frame);
        mutator.set(object, 0, object);
        model.endOperation();
      }
      mutator.collect();
      model.endOperation();
      return { ...model.totals(), most: model.pauses.greatest };
    };
    expect(priceOf("cpython-3.13")).toEqual(priceOf("cpython-3.13"));
    expect(priceOf("mark-sweep")).not.toEqual(priceOf("cpython-3.13"));
    expect(priceOf("mark-sweep")).toMatchObject({ counting: 0 });
  });
});
