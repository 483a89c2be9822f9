import { InvalidAddressError, OutOfMemoryError, type Reference, slotAt } from "@ouro/interfaces";
import { describe, expect, it } from "vitest";
import type { HandleLeak } from "../src/index.js";
import { makeManager } from "./manager.js";

function makeRig(leaks: HandleLeak[] = []) {
  const manager = makeManager({ checked: true, onHandleLeak: (leak) => leaks.push(leak) });
  const pair = manager.defineType({ name: "pair", visitedSlotCount: 2 });
  const frame = manager.mutator.enter(1);
  manager.mutator.allocate(pair, frame);
  return { ...manager, pair, frame };
}

describe("a handle", () => {
  it("keeps what a slot held, through collections, until it is disposed of", () => {
    const { handles, mutator, frame, pair } = makeRig();
    const handle = handles.hold(frame);
    mutator.setRoot(frame, 0);
    mutator.collect();
    expect(mutator.typeOf(handle.value as Reference)).toBe(pair);
    handle.dispose();
    handle.dispose();
    expect(handle.value).toBe(0);
    expect(handles.liveCount).toBe(0);
  });

  it("is disposed of at the end of its block", () => {
    const { handles, frame } = makeRig();
    {
      using handle = handles.hold(frame);
      expect(handle.value).toBeGreaterThan(0);
    }
    expect(handles.liveCount).toBe(0);
  });

  it("is adopted once in checked mode, and again when it was disposed of and restored", () => {
    const { handles, frame } = makeRig();
    expect(() => handles.adopt(0)).toThrow("handles.adopt: 0 is not the index of a handle in use");
    const handle = handles.hold(frame);
    expect(() => handles.adopt(0)).toThrow("0 is not the index of a handle that nobody has yet");
    handle.dispose();
    const image = (() => {
      const { handles: others, frame: other, saveHeap } = makeRig();
      others.hold(other);
      return saveHeap();
    })();
    const restored = makeManager({ checked: true });
    restored.restoreHeap(image);
    const adopted = restored.handles.adopt(0);
    expect(() => restored.handles.adopt(0)).toThrow("0 is not the index of a handle that nobody");
    adopted.dispose();
    expect(() => restored.handles.adopt(0)).toThrow("0 is not the index of a handle in use");
    restored.handles.make().dispose();
  });

  it("is not taken when there is nothing to hold", () => {
    const { handles, frame } = makeRig();
    expect(() => handles.hold(slotAt(frame, 1))).toThrow(InvalidAddressError);
    expect(handles.liveCount).toBe(0);
  });

  it("is refused when no slot is left, and can be had again after one is given back", () => {
    const { handles, frame } = makeRig();
    const held = Array.from({ length: 64 }, () => handles.hold(frame));
    expect(() => handles.make()).toThrow(OutOfMemoryError);
    held[17]?.dispose();
    expect(handles.make().slot).toBe(held[17]?.slot);
  });
});

describe("the leak reporter", () => {
  it("names the handles still live, by slot, with the call that made each", () => {
    const leaks: HandleLeak[] = [];
    const { handles, frame } = makeRig(leaks);
    const holdHere = () => handles.hold(frame);
    const makeHere = () => handles.make();
    const [first, second, third] = [holdHere(), holdHere(), makeHere()];
    second.dispose();
    expect(handles.reportLeaks()).toBe(2);
    expect(leaks.map(({ slot }) => slot)).toEqual([first.slot, third.slot]);
    expect(leaks[0]?.value).toBe(first.value);
    expect(leaks[0]?.site.split("\n")[0]).toMatch(/holdHere.*handle-set\.test\.ts/);
    expect(leaks[1]?.site.split("\n")[0]).toMatch(/makeHere.*handle-set\.test\.ts/);
  });
});
