import { EVENT_COUNT_CHANGE, EVENT_OBJECT_DEALLOCATE, type Reference } from "@ouro/interfaces";
import { describe, expect, it } from "vitest";
import { compose, composeLogging } from "./compose.js";

describe("an observer", () => {
  it("hears each change of a count once, with the count before and after", () => {
    const { mutator, pair, list, slot, log, names } = composeLogging([EVENT_COUNT_CHANGE]);
    const a = mutator.allocateArray(list, 3, slot(0));
    names.set(a, "a");
    const b = mutator.allocate(pair, slot(1));
    names.set(b, "b");
    log.length = 0;
    mutator.set(a, 1, b);
    mutator.set(a, 1, b);
    mutator.copy(a, 2, a, 1, 2);
    mutator.leave(slot(0));
    expect(log).toEqual(["b 1→2", "b 2→3", "b 3→2", "b 2→3", "a 1→0", "b 3→2", "b 2→1", "b 1→0"]);
  });

  it("hears of each reference of a run that is copied into empty fields", () => {
    const { mutator, pair, list, slot, log, names } = composeLogging([EVENT_COUNT_CHANGE]);
    const from = mutator.allocateArray(list, 2, slot(0));
    const into = mutator.allocateArray(list, 2, slot(1));
    for (const [at, name] of ["a", "b"].entries()) {
      const object = mutator.allocate(pair, slot(2 + at));
      names.set(object, name);
      mutator.set(from, 1 + at, object);
    }
    log.length = 0;
    mutator.copy(into, 1, from, 1, 2);
    expect(log).toEqual(["a 2→3", "b 2→3"]);
  });

  it("hears of a birth as of the first reference", () => {
    const { mutator, pair, slot, log } = composeLogging([EVENT_COUNT_CHANGE]);
    mutator.allocate(pair, slot(0));
    expect(log).toEqual(["? 0→1"]);
  });

  it.each<[string, (composed: ReturnType<typeof compose>, array: Reference) => void]>([
    ["a birth", ({ mutator, pair, slot }) => void mutator.allocate(pair, slot(1))],
    ["a store", ({ mutator, slot }) => mutator.setRoot(slot(1), 0)],
    ["a move", ({ mutator, slot }) => mutator.moveRoot(slot(1), slot(2))],
    ["a copy", ({ mutator }, array) => mutator.copy(array, 1, array, 2, 1)],
    ["the end of a frame", ({ mutator, slot }) => mutator.leave(slot(0))],
  ])("has what it throws thrown by %s that ends an object", (_name, end) => {
    const composed = compose({
      observer: {
        wants: [EVENT_OBJECT_DEALLOCATE],
        event() {
          throw new Error("the observer's own");
        },
      },
    });
    const { mutator, pair, list, slot } = composed;
    const array = mutator.allocateArray(list, 2, slot(0));
    mutator.allocate(pair, slot(1));
    mutator.give(array, 1, slot(1));
    mutator.allocate(pair, slot(1));
    expect(() => end(composed, array)).toThrow("the observer's own");
  });

  it("stops no deallocation by what it throws", () => {
    let isArmed = false;
    const { manager, mutator, pair, slot, liveCount } = compose({
      observer: {
        event() {
          if (isArmed) throw new Error("the observer's own");
        },
      },
    });
    const [head, next] = [slot(0), slot(1)];
    for (let depth = 0; depth < 10; depth++) {
      mutator.fill(mutator.allocate(pair, next), 0, head);
      mutator.moveRoot(head, next);
    }
    isArmed = true;
    expect(() => mutator.setRoot(head, 0)).toThrow("the observer's own");
    isArmed = false;
    expect(liveCount()).toBe(0);
    manager.validate();
    mutator.setRoot(head, 0);
  });
});
