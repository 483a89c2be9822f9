import { EVENT_COUNT_CHANGE } from "@ouro/interfaces";
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

  it("hears of a birth as of the first reference", () => {
    const { mutator, pair, slot, log } = composeLogging([EVENT_COUNT_CHANGE]);
    mutator.allocate(pair, slot(0));
    expect(log).toEqual(["? 0→1"]);
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
