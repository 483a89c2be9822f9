import { EVENTS, type EventCode, type Observer, type Reference, slotAt } from "@ouro/interfaces";
import { composeMemoryManager } from "@ouro/memory-manager";
import { refcountStrategy } from "@ouro/refcount";
import { expect, it } from "vitest";
import { createMutator, observedMutator } from "../src/index.js";

function listen(wants?: readonly EventCode[]) {
  const heard: [string, number, number, number][] = [];
  const observer: Observer = {
    ...(wants === undefined ? {} : { wants }),
    event(code, a, b, c) {
      const name = EVENTS[code - 1]?.name ?? "";
      if (/^(object-create|slot-write|safepoint-pass)$/.test(name)) heard.push([name, a, b, c]);
    },
  };
  return { heard, observer };
}

function manager(observer: Observer, checked: boolean) {
  const composed = composeMemoryManager({ strategy: refcountStrategy(), observer, checked });
  const pair = composed.defineType({ name: "pair", visitedSlotCount: 2 });
  const row = composed.defineType({ name: "row", variablePart: "visited" });
  return { ...composed, pair, row };
}

it.each([false, true])(
  "tells births, every write with its holder, and safepoints; checked: %s",
  (checked) => {
    const { heard, observer } = listen();
    const { mutator, plain, plainSlot, pair, row } = manager(observer, checked);
    const frame = mutator.enter(3);
    const other = slotAt(frame, 1);
    const [first, second] = [plainSlot(frame), plainSlot(other)];
    const object = plain(mutator.allocate(pair, frame));
    expect(heard.splice(0)).toEqual([
      ["safepoint-pass", 1, 0, 0],
      ["object-create", object, pair, 4],
    ]);
    const array = plain(mutator.allocateArray(row, 2, other));
    expect(heard.splice(0).at(-1)).toEqual(["object-create", array, row, 5]);

    const root = () => mutator.root(frame) as Reference;
    mutator.set(root(), 1, -5);
    mutator.fill(root(), 0, other);
    expect(heard.splice(0)).toEqual([
      ["slot-write", object + 3, object, -5],
      ["slot-write", object + 2, object, array],
      ["slot-write", second, 0, 0],
    ]);
    mutator.take(other, root(), 0);
    mutator.give(root(), 1, other);
    expect(heard.splice(0)).toEqual([
      ["slot-write", second, 0, array],
      ["slot-write", object + 2, object, 0],
      ["slot-write", object + 3, object, array],
      ["slot-write", second, 0, 0],
    ]);
    mutator.copy(root(), 0, root(), 1, 1);
    mutator.moveRoot(other, frame);
    mutator.setRoot(other, 0);
    mutator.poll();
    mutator.collect();
    expect(heard).toEqual([
      ["slot-write", object + 2, object, array],
      ["slot-write", second, 0, object],
      ["slot-write", first, 0, 0],
      ["slot-write", second, 0, 0],
      ["safepoint-pass", 3, 0, 0],
      ["safepoint-pass", 4, 0, 0],
    ]);
  },
);

it("leaves the functions of a mutator as they are where nobody wants to hear", () => {
  const { observer } = listen([]);
  const { heap, types, roots, collector } = manager(observer, false);
  const mutator = createMutator({ heap, types, roots, collector });
  expect(observedMutator({ mutator, words: heap.words, types, observer })).toBe(mutator);
  expect(observedMutator({ mutator, words: heap.words, types, observer: undefined })).toBe(mutator);
});
