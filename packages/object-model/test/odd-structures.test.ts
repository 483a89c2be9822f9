import { isOuroError, type Reference, slotAt } from "@ouro/interfaces";
import { expect, test } from "vitest";
import { createLists, createMaps, createStrings } from "../src/index.js";
import { makeManager } from "./manager.js";
import { ODD_THINGS } from "./odd-arguments.js";

const manager = makeManager({ checked: true });
const { mutator, handles, validate } = manager;
const lists = createLists(manager);
const maps = createMaps(manager);
const strings = createStrings(manager);
const frame = mutator.enter(4);
lists.allocate(frame);
maps.allocate(slotAt(frame, 1));
strings.allocate("abc", slotAt(frame, 2));
const list = () => mutator.root(frame) as Reference;
const map = () => mutator.root(slotAt(frame, 1)) as Reference;
const text = () => mutator.root(slotAt(frame, 2)) as Reference;

/** Each takes an odd thing where a list, a map, a string, a place or a handle's number is. */
const calls: [string, (odd: never) => unknown][] = [
  ["lists.lengthOf", (odd) => lists.lengthOf(odd)],
  ["lists.get", (odd) => lists.get(odd, 0)],
  ["lists.get of a place", (odd) => lists.get(list(), odd)],
  ["lists.set", (odd) => lists.set(odd, 0, 0)],
  ["lists.give", (odd) => lists.give(odd, 0, frame)],
  ["lists.clear", (odd) => lists.clear(odd)],
  ["maps.sizeOf", (odd) => maps.sizeOf(odd)],
  ["maps.has", (odd) => maps.has(odd, 0)],
  ["maps.get", (odd) => maps.get(odd, 0)],
  ["maps.delete", (odd) => maps.delete(odd, 0)],
  ["maps.clear", (odd) => maps.clear(odd)],
  ["maps.keyAt", (odd) => maps.keyAt(odd, 0)],
  ["maps.keyAt of a place", (odd) => maps.keyAt(map(), odd)],
  ["maps.valueAt of a place", (odd) => maps.valueAt(map(), odd)],
  ["strings.lengthOf", (odd) => strings.lengthOf(odd)],
  ["strings.text", (odd) => strings.text(odd)],
  ["strings.equals", (odd) => strings.equals(text(), odd)],
  ["strings.hash", (odd) => strings.hash(odd)],
  ["handles.hold", (odd) => handles.hold(odd)],
  ["handles.adopt", (odd) => handles.adopt(odd)],
];

test.each(calls)("%s refuses whatever is no number, or none for it, by name", (_name, call) => {
  for (const [thing, odd] of Object.entries(ODD_THINGS)) {
    let seen: unknown;
    try {
      call(odd as never);
    } catch (error) {
      seen = error;
    }
    expect(isOuroError(seen), `${thing}: ${seen}`).toBe(true);
    validate();
  }
});
