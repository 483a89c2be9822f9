import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { runMillion, runReplace } from "../src/loop.js";
import { type Peer, repeatsOf } from "../src/peer.js";
import { createSequence, fillEntries, shuffledOrder, slotBitsOf } from "../src/sequence.js";
import { loopWords } from "../src/spawn.js";
import { createSubject } from "../src/subjects/null.js";
import { compileLoops, compilerVersion } from "../src/tool.js";
import type { LoopCall } from "../src/workload.js";

const shape = { liveCount: 100, smallestBytes: 8, largestBytes: 512, lastOnly: false };
const peer: Peer = { name: "null-c", title: "null", host: "c" };
const replace: LoopCall = { loop: "replace", shape, pairCount: 5000 };
const wide: LoopCall = {
  ...replace,
  shape: { ...shape, largestBytes: 65_536, isLog: true },
};
const last: LoopCall = { ...replace, shape: { ...shape, lastOnly: true } };
const hasCompiler = compilerVersion() !== "unknown";

function checksumInC(call: LoopCall): number {
  const program = compileLoops("program");
  if ("missing" in program) throw new Error(program.missing);
  const run = spawnSync(program.value, loopWords(peer, call), { encoding: "utf8" });
  return (JSON.parse(run.stdout) as { checksum: number }).checksum;
}

describe("the sequence", () => {
  it("is the same each time", () => {
    const first = new Int32Array(1000);
    const second = new Int32Array(1000);
    fillEntries(createSequence(), shape, first);
    fillEntries(createSequence(), shape, second);
    expect(second).toEqual(first);
  });

  it("stays within its shape", () => {
    const entries = new Int32Array(10_000);
    fillEntries(createSequence(7), shape, entries);
    for (const entry of entries) {
      expect(entry & 0xfffff).toBeLessThan(100);
      expect(entry >>> 20).toBeGreaterThanOrEqual(8);
      expect(entry >>> 20).toBeLessThanOrEqual(512);
    }
  });

  it("draws as many requests of each power of two where it is log-uniform", () => {
    if (wide.loop !== "replace") throw new Error("not a replace");
    const entries = new Int32Array(13_000);
    fillEntries(createSequence(7), wide.shape, entries);
    const counts = new Map<number, number>();
    const slotBits = slotBitsOf(wide.shape);
    for (const entry of entries) {
      const power = 31 - Math.clz32(entry >>> slotBits);
      expect(entry & ((1 << slotBits) - 1)).toBeLessThan(100);
      counts.set(power, (counts.get(power) ?? 0) + 1);
    }
    expect([...counts.keys()].sort((a, b) => a - b)).toEqual(
      [...Array(13).keys()].map((i) => i + 3),
    );
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(200);
  });

  it("starts as xorshift32 with shifts 13, 17, 5 does from seed 1", () => {
    expect(createSequence(1).next()).toBe(270369);
  });

  it("shuffles without losing or repeating a number", () => {
    const order = shuffledOrder(createSequence(), 1000);
    expect(order.toSorted()).toEqual(Int32Array.from({ length: 1000 }, (_, i) => i));
    expect(order).not.toEqual(order.toSorted());
  });
});

describe.skipIf(!hasCompiler)("the loops in C", () => {
  it.each([
    ["random slots", replace],
    ["the last slot", last],
    ["log-uniform requests", wide],
  ])("draw the same sequence as JavaScript for %s", (_, call) => {
    if (call.loop !== "replace") throw new Error("not a replace");
    const ours = runReplace(
      createSubject(2 ** 16),
      call.shape,
      call.pairCount,
      repeatsOf(peer, call),
    );
    expect(checksumInC(call)).toBe(ours.checksum);
  });

  it("shuffle as JavaScript does", () => {
    const call: LoopCall = { loop: "million", blockCount: 2000 };
    const ours = runMillion(
      createSubject(2 ** 16),
      call.blockCount,
      repeatsOf(peer, call).warmCount,
    );
    expect(checksumInC(call)).toBe(ours.checksum);
  });

  it("draw another sequence for another shape", () => {
    const other: LoopCall = { ...replace, shape: { ...shape, largestBytes: 511 } };
    expect(checksumInC(other)).not.toBe(checksumInC(replace));
  });
});
