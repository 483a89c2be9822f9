import { readFileSync } from "node:fs";
import { InputFormatError } from "@ouro/interfaces";
import { describe, expect, it } from "vitest";
import { parseTraceFacts } from "../src/index.js";

const file = new URL("../../../apps/demo/traces/text_tools.facts.json", import.meta.url);
const text = readFileSync(file, "utf8");

// biome-ignore lint/suspicious/noExplicitAny: the tests break the file in every way.
function changed(change: (facts: any) => unknown): string {
  const facts = JSON.parse(text);
  change(facts);
  return JSON.stringify(facts);
}

describe("a facts file", () => {
  it("gives what the real allocators did", () => {
    const facts = parseTraceFacts(text);
    expect(facts).toMatchObject({ name: "text_tools", eventCount: 297371 });
    expect(facts.pymalloc).toMatchObject({
      peakArenaCount: 2,
      endArenaCount: 2,
      arenaCountAfterFreeAll: 1,
      peakLargeBytes: 367792,
      peakFootprintBytes: 2464944,
      endFootprintBytes: 2098304,
    });
    expect(facts.pymalloc.atPeakLive).toMatchObject({ arenaCount: 2, poolCount: 128 });
    expect(facts.pymalloc.atPeakLive.classes[0]).toEqual({
      blockSizeBytes: 32,
      usedPoolCount: 10,
      usedBlockCount: 4715,
    });
    expect(facts.pymalloc.curve[1]).toEqual([131072, 2, 109168]);
    expect(facts.glibcMalloc.peakFootprintBytes).toBe(2473984);
    expect(facts.loopOnlyNsPerEvent.min).toBe(1.25);
  });

  it.each([
    ["not JSON", "{", /facts can not be parsed/],
    ["a list", "[]", /must be one JSON object/],
    ["no figures", changed((facts) => delete facts.replay), /"replay" is missing; it is an object/],
    [
      "a footprint that is text",
      changed((facts) => (facts.replay.pymalloc.peak_footprint = "x")),
      /"replay.pymalloc.peak_footprint" is not an int/,
    ],
    ["a negative count", changed((facts) => (facts.events = -1)), /"events" is not an int/],
    [
      "a broken curve",
      changed((facts) => facts.replay.pymalloc.curve[0].pop()),
      /"replay.pymalloc.curve"/,
    ],
  ])("with %s is refused by the name of the field", (_, broken, problem) => {
    expect(() => parseTraceFacts(broken, "x.facts.json")).toThrow(InputFormatError);
    expect(() => parseTraceFacts(broken, "x.facts.json")).toThrow(problem);
    expect(() => parseTraceFacts(broken, "x.facts.json")).toThrow(/^x\.facts\.json/);
  });
});
