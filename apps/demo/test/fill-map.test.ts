import type { Allocator } from "@ouro/interfaces";
import { describe, expect, it } from "vitest";
import { type FillMap, fillMapLegend, renderFillMap, takeFillMap } from "../src/fill-map.js";
import { lookOf } from "../src/look.js";

const output = (columns: number) => ({ write: () => {}, isTTY: false, columns });
const wide = lookOf(output(80), { LANG: "C.UTF-8" }, {});
const narrow = lookOf(output(60), { LANG: "C.UTF-8" }, {});
const ascii = lookOf(output(80), {}, {});

const arena = (fills: (number | undefined)[]) => ({
  arenaIndex: 3,
  usedBytes: 2 ** 19,
  pools: Array.from({ length: 64 }, (_, i) => fills[i]),
});
const map = (fills: (number | undefined)[]): FillMap => ({
  arenas: [arena(fills)],
  classes: [],
  large: { arenaCount: 2, blockCount: 20, bytes: 367792 },
});

describe("the fill map", () => {
  it("draws each pool as one character: full, partly in three steps, empty, never used", () => {
    const fills = [1, 0.99, 0.67, 0.5, 0.34, 0.2, 0.001, 0, undefined];
    const [line] = renderFillMap(map(fills), wide);
    expect(line).toBe(`  3 █▓▓▒▒░░_${"·".repeat(56)}  50 %`);
    expect(renderFillMap(map(fills), ascii)[0]).toBe(`  3 #++==--_${".".repeat(56)}  50 %`);
  });

  it("sums up the large blocks below the arenas", () => {
    expect(renderFillMap(map([1]), wide).at(-1)).toBe(
      "    large: 20 blocks, 359.2 KiB in 2 arenas",
    );
  });

  it("breaks an arena into lines where 64 characters do not fit", () => {
    const lines = renderFillMap(map([1]), narrow);
    expect(lines).toHaveLength(3);
    for (const line of lines) expect([...line].length).toBeLessThanOrEqual(60);
    expect([...fillMapLegend(narrow)].length).toBeLessThanOrEqual(58);
  });

  it("says how many arenas it leaves out of a long list", () => {
    const arenas = Array.from({ length: 40 }, (_, arenaIndex) => ({ ...arena([1]), arenaIndex }));
    const lines = renderFillMap({ ...map([]), arenas }, wide);
    expect(lines).toHaveLength(32 + 2);
    expect(lines.at(-2)).toBe("  and 8 more pool arenas");
  });

  it("is taken from the walk over an allocator's pools", () => {
    const poolWords = 4096;
    const pools: [number, number, number, number][] = [
      [64 * poolWords, 3, 100, 255],
      [65 * poolWords, 3, 255, 255],
      [66 * poolWords, 0, 0, 1021],
    ];
    const pooled = {
      walkPools(visit: (...pool: [number, number, number, number]) => void) {
        for (const pool of pools) visit(...pool);
      },
    } as unknown as Allocator;
    const taken = takeFillMap(pooled, [1], { arenaCount: 0, blockCount: 0, bytes: 0 });
    expect(taken.classes).toEqual([{ blockSizeBytes: 64, poolCount: 2, blockCount: 355 }]);
    expect(taken.arenas[0]?.usedBytes).toBe(355 * 64);
    expect(taken.arenas[0]?.pools.slice(0, 4)).toEqual([100 / 255, 1, 0, undefined]);
  });
});
