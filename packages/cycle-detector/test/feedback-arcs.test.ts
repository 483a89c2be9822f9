// Which references to weaken, in graphs whose fewest are known or were counted once: what is put
// together before it is solved, what is solved exactly, and what several searches answer.

import { describe, expect, it } from "vitest";
import { type Cycle, findCycles } from "../src/index.js";
import { makeGraphRig, plain } from "./graph-rig.js";

/** The largest cycle of nodes that hold others by number; it names no reference twice. */
function cycleOf(held: readonly (readonly number[])[]): Cycle {
  const { cycles } = findCycles(makeGraphRig(held.map((each) => plain(...each))));
  const [cycle] = cycles as [Cycle];
  const names = cycle.weaken.map(({ from, field }) => `${from}.${field}`);
  expect(new Set(names).size).toBe(names.length);
  return cycle;
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, each) => each);

/** Each node holds those so far further round. */
const circle = (count: number, ...steps: number[]): number[][] =>
  upTo(count).map((node) => steps.map((step) => (node + step) % count));

/** Each holds all others: of each pair one has to let go. */
const complete = (count: number): number[][] => circle(count, ...upTo(count).slice(1));

/** Each node holds so many others, by a rule that looks like chance. */
function tangle(count: number, degree: number, seed: number): number[][] {
  let state = seed;
  const next = (): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return (state >> 8) % count;
  };
  return upTo(count).map(() => upTo(degree).map(next));
}

const DETOUR = 3;

/** Each reference goes by way of three nodes, each of which holds these besides. */
function withDetours(
  held: readonly (readonly number[])[],
  isDown: boolean,
  beside: "" | "itself" | "a pair",
) {
  const nodes = held.map((): number[] => []);
  const add = (): number => nodes.push([]) - 1;
  for (const [from, targets] of held.entries()) {
    for (const target of targets) {
      const way = upTo(DETOUR).map(add);
      if (isDown) way.reverse();
      for (const [index, node] of [from, ...way].entries()) {
        nodes[node]?.push(way[index] ?? target);
        if (node === from || beside === "") continue;
        const other = beside === "itself" ? node : add();
        nodes[node]?.push(other);
        if (other !== node) nodes[other]?.push(node);
      }
    }
  }
  return nodes;
}

describe("References to weaken are the fewest", () => {
  it.each([2, 3, 5, 6])("of %i objects that hold each other", (count) => {
    const fewest = (count * (count - 1)) / 2;
    const { weaken, isShortest, lowerBound } = cycleOf(complete(count));
    expect([weaken.length, lowerBound, isShortest]).toEqual([fewest, fewest, true]);
  });

  it("of fourteen objects, each of which holds three", () => {
    const { weaken, isShortest } = cycleOf(circle(14, 1, 4, 6));
    expect([weaken.length, isShortest]).toEqual([11, true]);
  });

  it.each(["", "itself", "a pair"] as const)("where references make detours, with %s", (beside) => {
    for (const isDown of [false, true]) {
      const { weaken, isShortest } = cycleOf(withDetours(complete(5), isDown, beside));
      const besideCount = beside === "" ? 0 : DETOUR * 20;
      expect([weaken.length, isShortest]).toEqual([10 + besideCount, true]);
    }
  });
});

describe("References to weaken in a tangle", () => {
  // A lower bound and how many they are, in eight tangles each. Better searches may change them.
  it.each([
    [25, 4, "13-33 12-38 18-41 13-31 12-35 12-38 11-32 11-39"],
    [30, 3, "11-26 13-28 7-23 8-27 7-23 11-23 10-19 10-27"],
    [60, 3, "17-53 11-47 11-60 13-47 11-58 16-43 17-55 19-53"],
  ])("of %i objects that hold %i are those of the best search", (count, degree, expected) => {
    const seen = upTo(8).map((index) => {
      const { weaken, lowerBound, isShortest } = cycleOf(tangle(count, degree, index + 1));
      expect(isShortest).toBe(false);
      return `${lowerBound}-${weaken.length}`;
    });
    expect(seen.join(" ")).toBe(expected);
  });

  it("are half of them where all hold all, however many that are", () => {
    const { weaken, referenceCount, isShortest, lowerBound } = cycleOf(complete(257));
    expect([referenceCount, weaken.length, isShortest]).toEqual([257 * 256, 257 * 128, false]);
    // Of each two that follow one another: other cycles that it comes by share an arc with these.
    expect(lowerBound).toBe(256);
  });
});
