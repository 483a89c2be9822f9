// Trial deletion on the pitfalls that it is known for, and its buffer and trigger by themselves.

import { createCandidateTrigger } from "@ouro/generational";
import { type Collection, NOT_DUE } from "@ouro/interfaces";
import { composeMemoryManager, trialDeletionStrategy } from "@ouro/memory-manager";
import { describe, expect, it } from "vitest";
import { createCandidateBuffer } from "../src/index.js";
import { entriesRunOut, RUN_OUT } from "./entries-run-out.js";
import { makeRig, pitfalls } from "./pitfalls.js";

const parts = { composeMemoryManager, trialDeletionStrategy };

describe("Trial deletion", () => {
  it.each(Object.entries(pitfalls))("%s", (_, scenario) => scenario(parts));

  it("collects by itself when candidates are more than the least", () => {
    const { makeCycle, drop, liveCount, make } = makeRig(parts, { leastCandidateCount: 10 });
    for (let turn = 0; turn < 100; turn++) {
      makeCycle(0, 1);
      drop(0, 1);
    }
    make(0);
    expect(liveCount()).toBeLessThan(30);
  });

  it("collects by itself when memory doubled, however few the candidates are", () => {
    const startBytes = 1 << 20;
    const { mutator, array, at, drop, held, liveCount } = makeRig(parts, { startBytes });
    for (let turn = 0; turn < 40; turn++) {
      mutator.allocateArray(array, 1 << 16, at(0));
      mutator.set(held(0), 1, held(0));
      drop(0);
    }
    expect(liveCount()).toBeLessThan(12);
  });
});

describe("The candidate buffer", () => {
  it(RUN_OUT, entriesRunOut);

  it("says so when its entries run out, and notes everything when it is asked", () => {
    const { manager, makeCycle, held } = makeRig(parts);
    makeCycle(0, 1);
    const words = new Int32Array(manager.heap.words.length >> 6);
    words.set(manager.heap.words.subarray(0, words.length));
    const end = words.length - 64;
    const buffer = createCandidateBuffer({
      words,
      types: manager.types,
      state: { start: end, sizeWords: 4, existed: false },
      entries: { start: end + 4, sizeWords: 1, existed: false },
      marks: 0,
      bufferedMask: 1 << 20,
    });
    // Objects of the copy, with the first words of it for marks.
    const [first, second] = [64, 128];
    for (const object of [first, second]) words[object + 1] = manager.mutator.typeOf(held(0));
    buffer.note(first);
    buffer.note(second);
    expect(buffer.candidateCount()).toBe(1);
    buffer.remove(first);
    buffer.mendOverrun((visit) => visit(second as never));
    expect(buffer.candidateCount()).toBe(1);
    expect(words[second >> 2]).toBe(1);
  });
});

describe("The trigger by candidates", () => {
  const done = (examinedCount: number, reclaimedCount: number) =>
    ({ examinedCount, reclaimedCount }) as Collection;

  it("is due above its threshold and not at it", () => {
    const trigger = createCandidateTrigger({ leastCount: 10 });
    expect([trigger.due(10), trigger.due(11)]).toEqual([NOT_DUE, 0]);
  });

  it("waits for a quarter of what was examined in vain", () => {
    const trigger = createCandidateTrigger({ leastCount: 10 });
    trigger.done(done(4000, 0));
    expect(trigger.threshold()).toBe(1000);
  });

  it("comes down again with each collection that was of use, and with survivors", () => {
    const trigger = createCandidateTrigger({ leastCount: 10 });
    trigger.done(done(4000, 0));
    trigger.done(done(3000, 2000));
    expect(trigger.threshold()).toBe(666);
    trigger.done(done(20, 0));
    expect(trigger.threshold()).toBe(20);
    trigger.done(done(20, 20));
    expect(trigger.threshold()).toBe(10);
  });

  it("never examines more than four objects in vain for a candidate, in the long run", () => {
    const trigger = createCandidateTrigger({ leastCount: 100 });
    let candidateCount = 0;
    let vainCount = 0;
    for (let step = 0; step < 1_000_000; step++) {
      candidateCount++;
      if (trigger.due(candidateCount % 1_000_000) === NOT_DUE) continue;
      vainCount += 50_000; // all candidates reach the same large structure
      trigger.done(done(50_000, 0));
      candidateCount = 0;
    }
    expect(vainCount).toBeLessThanOrEqual(4 * 1_000_000 + 50_000);
  });
});
