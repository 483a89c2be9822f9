import type { ReplayFigures, TraceFooter } from "@ouro/trace";
import { describe, expect, it } from "vitest";
import { checkContents, checkFooter, checkMemory, createChecklist } from "../src/checks.js";
import type { Figures } from "../src/replay-result.js";

const MIB = 2 ** 20;

/** What the memory checks answer, for figures that are right but for `change`. */
function memoryMismatches(change: Partial<Figures>, liveAfterFreeAll = 0) {
  const list = createChecklist();
  const figures = { peakFootprintBytes: 10 * MIB, peakLentBytes: 12 * MIB, arenasAfterFreeAll: 1 };
  checkMemory(list, { ...figures, ...change } as Figures, liveAfterFreeAll, false);
  return list.mismatches.map((mismatch) => mismatch.where);
}

describe("the checks of a replay", () => {
  it("allow 1.10 times the footprint and one arena to be lent, and not a byte more", () => {
    expect(memoryMismatches({})).toEqual([]);
    expect(memoryMismatches({ peakLentBytes: 12 * MIB + 1 })).toEqual([
      "peak bytes lent from the heap",
    ]);
  });

  it("allow one arena to be kept after freeing all, and no block", () => {
    expect(memoryMismatches({ arenasAfterFreeAll: 2 })).toEqual(["arenas kept after freeing all"]);
    expect(memoryMismatches({}, 1)).toEqual(["live blocks after freeing all"]);
  });

  it("hold every figure that the replay counts against the footer", () => {
    const seen = {
      eventCount: 1,
      peakLiveBytes: 2,
      peakLiveBytesEventIndex: 3,
      liveBlockCount: 4,
      liveBytes: 5,
    };
    const footer = {
      eventCount: 1,
      peakLiveBytes: 2,
      peakLiveBytesEventIndex: 3,
      endLiveBlockCount: 4,
      endLiveBytes: 5,
    };
    for (const name of ["", ...Object.keys(footer)]) {
      const list = createChecklist();
      const stated = { ...footer, ...(name === "" ? {} : { [name]: 77 }) };
      checkFooter(list, seen as ReplayFigures, stated as TraceFooter);
      expect(list.mismatches).toHaveLength(name === "" ? 0 : 1);
    }
  });

  it("list the findings in block contents and say how many there are in all", () => {
    const finding = { where: "event 7", expected: "1", actual: "0" };
    const list = createChecklist();
    checkContents(list, { mismatches: [finding], mismatchCount: 9 } as unknown as ReplayFigures);
    expect(list.mismatches).toEqual([
      finding,
      { where: "block contents: findings in all", expected: 0, actual: 9 },
    ]);
  });
});
