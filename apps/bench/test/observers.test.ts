import { describe, expect, it } from "vitest";
import { LISTENERS, OBSERVED_PRESETS } from "../src/observers/observer.js";
import { renderObservers } from "../src/observers/observer-report.js";
import { takeObserverSample } from "../src/observers/observer-sample.js";
import { rowsOf } from "../src/observers/run-observers.js";
import { treeObjectCount } from "../src/programs/program.js";

describe.each(OBSERVED_PRESETS)("listeners on %s", (preset) => {
  it("are told nothing, collections alone, or every birth and death", () => {
    const counts = LISTENERS.map(({ name }) => takeObserverSample(preset, name, 6, 3).eventCount);
    const [nobody, again, nothing, collections, everything] = counts as [number, ...number[]];
    expect([nobody, again, nothing]).toEqual([0, 0, 0]);
    expect(collections).toBeGreaterThanOrEqual(2 * 3);
    expect(everything).toBeGreaterThan(3 * 2 * treeObjectCount(6));
  });
});

describe("the differences of listeners", () => {
  const samplesOf = (more: number) =>
    Array.from({ length: 12 }, (_, turn) => ({ cpuNs: 30 + turn + more, eventCount: 5 }));
  const rows = rowsOf(
    new Map([
      ["nobody", samplesOf(0)],
      ["wants-everything", samplesOf(6)],
    ]),
  );

  it("are those of one turn, against nobody", () => {
    expect(rows.map(({ difference }) => difference?.median)).toEqual([undefined, 6]);
    expect(rows[1]?.difference).toMatchObject({ low: 6, high: 6, pairCount: 12 });
  });

  it("are shown with their interval and how sure it is", () => {
    const text = renderObservers({ name: "observer-x", title: "by who listens", rows }, "text");
    expect(text).toMatch(/does nothing +41\.5 \(36\.0–47\.0\) +5 +\+6\.00 +\+6\.00 to \+6\.00/);
    expect(text).toContain("The median of 12 differences");
    expect(text).toMatch(/96\.\d % confidence/);
  });
});
