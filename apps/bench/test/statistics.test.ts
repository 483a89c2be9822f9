import { describe, expect, it } from "vitest";
import { type Row, withRatios } from "../src/run.js";
import { median, net, pairedDifference, spread, timesFaster } from "../src/statistics.js";
import { answerTargets, answerText } from "../src/target.js";

function row(peer: string, cpuNs: number): Row {
  const all = spread([cpuNs]);
  return { peer, metric: "pair", cpuNs: all, wallNs: all, sampleCount: 1, operationCount: 1 };
}

describe("statistics", () => {
  it("take the middle value, or the mean of the two middle ones", () => {
    expect(median([9, 1, 5])).toBe(5);
    expect(median([10, 1, 5, 7])).toBe(6);
    expect(() => median([])).toThrow(RangeError);
  });

  it("keep the least and the greatest beside the median", () => {
    expect(spread([3, 1, 100])).toEqual({ median: 3, least: 1, greatest: 100 });
  });

  it("answer no net time where only noise is left", () => {
    expect(net(10, 4)).toBe(6);
    expect(net(4.1, 4)).toBeUndefined();
    expect(net(3, 4)).toBeUndefined();
    expect(net(10, undefined)).toBeUndefined();
  });

  it("pair what was measured in one turn, so that what drifts does not matter", () => {
    const base = Array.from({ length: 20 }, (_, turn) => 10 + turn);
    const other = base.map((value, turn) => value + 2 + (turn % 2 === 0 ? 0.1 : -0.1));
    const { median: middle, low, high, confidence, pairCount } = pairedDifference(base, other);
    expect(middle).toBeCloseTo(2);
    expect([low, high].map((value) => Number(value.toFixed(1)))).toEqual([1.9, 2.1]);
    expect([confidence > 0.95, confidence < 0.96, pairCount]).toEqual([true, true, 20]);
  });

  it("take the interval that tables of the sign test give, and refuse fewer than six pairs", () => {
    const ascending = (count: number) => Array.from({ length: count }, (_, index) => index + 1);
    const intervalOf = (count: number) => {
      const { low, high } = pairedDifference(ascending(count).fill(0), ascending(count));
      return [low, high];
    };
    // Conover: Practical nonparametric statistics, order statistics for the median, 95 %.
    expect([6, 8, 9, 20, 30].map(intervalOf)).toEqual([
      [1, 6],
      [1, 8],
      [2, 8],
      [6, 15],
      [10, 21],
    ]);
    expect(() => intervalOf(5)).toThrow(RangeError);
    expect(() => pairedDifference(ascending(6), ascending(7))).toThrow(RangeError);
  });

  it("say how many times faster, or nothing when a side is unknown", () => {
    expect(timesFaster(2, 10)).toBe(5);
    expect(timesFaster(undefined, 10)).toBeUndefined();
  });
});

describe("ratios", () => {
  const rows = [
    row("null", 5),
    row("null-c", 4),
    row("ouro", 15),
    row("tlsf", 45),
    row("c-malloc", 9),
  ];

  it("take each peer's own loop off before they compare", () => {
    const byPeer = new Map(withRatios(rows).map((one) => [one.peer, one]));
    expect(byPeer.get("tlsf")?.oursTimesFaster).toEqual({ net: 4, gross: 3 });
    expect(byPeer.get("c-malloc")?.oursTimesFaster).toEqual({ net: 0.5, gross: 0.6 });
    expect(byPeer.get("ouro")?.netCpuNs).toBe(10);
    expect(byPeer.get("ouro")?.oursTimesFaster).toBeUndefined();
    expect(byPeer.get("null")?.netCpuNs).toBeUndefined();
  });

  it("leave a peer without a figure alone", () => {
    const died: Row = {
      peer: "memium",
      metric: "",
      sampleCount: 0,
      operationCount: 1,
      problem: "died",
    };
    expect(withRatios([...rows, died]).at(-1)).toEqual(died);
  });
});

describe("targets", () => {
  const result = (name: string, rows: Row[]) => ({ name, group: "pairs", title: name, rows });

  it("are reached or not, with the measured ratio", () => {
    const rows = [
      row("null", 5),
      row("null-c", 5),
      row("ouro", 15),
      row("tlsf", 45),
      row("c-malloc", 10),
    ];
    const targets = answerTargets([result("pairs-random", withRatios(rows))]);
    expect(targets.map(answerText)).toEqual([
      "reached: 4.00×",
      "not reached: 0.50×",
      "not measured",
    ]);
  });

  it("compare the growth from few to many live blocks with that of C", () => {
    const few = result("live-1000", [row("ouro", 10), row("c-malloc", 10)]);
    const slow = result("live-1000000", [row("ouro", 60), row("c-malloc", 50)]);
    const quick = result("live-1000000", [row("ouro", 50), row("c-malloc", 50)]);
    expect(answerTargets([few, slow]).map(answerText)).toEqual(["not reached: 6.00×"]);
    expect(answerTargets([few, quick]).map(answerText)).toEqual(["reached: 5.00×"]);
  });
});
