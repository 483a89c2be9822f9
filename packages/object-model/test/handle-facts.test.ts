// What a handle set says when its room is used up, and of handles that nobody made through it.

import { isOuroError } from "@ouro/interfaces";
import { expect, it } from "vitest";
import { createHandleSet, type HandleLeak } from "../src/index.js";
import { makeManager } from "./manager.js";

it("a refusal of a handle says how many bytes of handles there are, and how many are used", () => {
  const { handles } = makeManager({ handleLimitCount: 10 });
  const kept = Array.from({ length: 10 }, () => handles.make());
  let facts: unknown;
  try {
    handles.make();
  } catch (error) {
    if (!isOuroError(error, "out-of-memory")) throw error;
    facts = error;
  }
  expect(facts).toMatchObject({ requestBytes: 4, lentBytes: 40, limitBytes: 40 });
  kept[3]?.dispose();
  expect(handles.liveCount).toBe(9);
});

it("a leak of a handle that another set made, or whose maker is gone, has no site", () => {
  const manager = makeManager();
  const leaks: HandleLeak[] = [];
  manager.handles.make();
  const set = createHandleSet({ ...manager, onLeak: (leak: HandleLeak) => leaks.push(leak) });
  const [first, second] = [set.make(), set.make()];
  expect(set.reportLeaks()).toBe(3);
  expect(leaks.map(({ site }) => site === "")).toEqual([true, false, false]);
  expect(leaks[1]?.site).toBe(leaks[1]?.site.trim());
  first.dispose();
  second.dispose();
  const again = manager.handles.make();
  expect(again.slot).toBe(first.slot);
  leaks.length = 0;
  expect(set.reportLeaks()).toBe(2);
  expect(leaks.map(({ slot, site }) => [slot, site])[1]).toEqual([first.slot, ""]);
});

it("leaks are counted though nobody wants to hear of them", () => {
  const { handles } = makeManager();
  handles.make();
  expect(handles.reportLeaks()).toBe(1);
});
