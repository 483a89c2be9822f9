import { createPrivateHeap } from "@ouro/heap";
import { ARENA_SIZE_BYTES, POOL_SIZE_BYTES } from "@ouro/interfaces";
import fc from "fast-check";
import { expect, it } from "vitest";
import { createPoolAllocator, formatMallocStats } from "../src/index.js";

function setUp() {
  return createPoolAllocator({ source: createPrivateHeap({ reservationBytes: 2 ** 23 }) });
}

/** The layout of `sys._debugmallocstats()` in CPython 3.13.0, up to its arena map. */
const expected = `Small block threshold = 512, in 32 size classes.

class   size   num pools   blocks in use  avail blocks
-----   ----   ---------   -------------  ------------
    0     16           1               2          1022
    3     64           2             300           212
   31    512           1               1            31

# arenas allocated total           =                    1
# arenas reclaimed                 =                    0
# arenas highwater mark            =                    1
# arenas allocated current         =                    1
1 arenas * 1048576 bytes/arena     =            1,048,576

# bytes in allocated blocks        =               19,744
# bytes in available blocks        =               45,792
60 unused pools * 16384 bytes      =              983,040
# bytes lost to pool headers       =                    0
# bytes lost to quantization       =                    0
# bytes lost to arena alignment    =                    0
Total                              =            1,048,576
`;

it("prints the figures in the layout of CPython's sys._debugmallocstats()", () => {
  const pools = setUp();
  pools.allocate(1);
  pools.allocate(16);
  for (let count = 0; count < 300; count++) pools.allocate(60);
  pools.allocate(512);
  expect(formatMallocStats(pools.statistics())).toBe(expected);
});

it("prints no class and no arena before the first request", () => {
  const text = formatMallocStats(setUp().statistics());
  expect(text).toContain("0 arenas * 1048576 bytes/arena     =                    0\n");
  expect(text).not.toMatch(/^ +\d+ +\d+ +\d+ +\d+ +\d+$/m);
});

/** `label = figure` lines by label; the two totals of a text would clash, there is one. */
function readFigures(text: string): Map<string, number> {
  const figures = new Map<string, number>();
  for (const [, label, figure] of text.matchAll(/^(.*?) += +([\d,]+)$/gm)) {
    figures.set(label as string, Number((figure as string).replaceAll(",", "")));
  }
  return figures;
}

function readClasses(text: string): number[][] {
  const rows = text.matchAll(/^ +(\d+) +(\d+) +(\d+) +(\d+) +(\d+)$/gm);
  return [...rows].map((row) => row.slice(1).map(Number));
}

it("prints totals that can be recomputed from its class table", () => {
  const requests = fc.array(
    fc.record({ requestBytes: fc.nat({ max: 512 }), count: fc.nat({ max: 300 }) }),
    { maxLength: 20 },
  );
  const property = fc.property(requests, fc.nat({ max: 7 }), (bulk, freeEvery) => {
    const pools = setUp();
    const blocks = bulk.flatMap(({ requestBytes, count }) =>
      Array.from({ length: count }, () => pools.allocate(requestBytes)),
    );
    for (const [index, block] of blocks.entries()) {
      if (freeEvery > 0 && index % freeEvery === 0) pools.free(block);
    }
    const text = formatMallocStats(pools.statistics());
    const rows = readClasses(text);
    const figures = readFigures(text);
    const sum = (figure: (row: number[]) => number): number =>
      rows.reduce((total, row) => total + figure(row), 0);
    const [SIZE, POOLS, USED, AVAILABLE] = [1, 2, 3, 4] as const;
    const at = (row: number[], column: number): number => row[column] as number;
    const used = sum((row) => at(row, SIZE) * at(row, USED));
    const available = sum((row) => at(row, SIZE) * at(row, AVAILABLE));
    const poolBytes = sum((row) => at(row, POOLS)) * POOL_SIZE_BYTES;
    const arenaCount = figures.get("# arenas allocated current") as number;
    const lent = arenaCount * ARENA_SIZE_BYTES;
    const unused = lent / POOL_SIZE_BYTES - sum((row) => at(row, POOLS));
    expect(rows.every((row) => at(row, SIZE) === (at(row, 0) + 1) * 16)).toBe(true);
    expect(figures.get("# bytes in allocated blocks")).toBe(used);
    expect(figures.get("# bytes in available blocks")).toBe(available);
    expect(figures.get(`${unused} unused pools * 16384 bytes`)).toBe(lent - poolBytes);
    expect(figures.get("# bytes lost to quantization")).toBe(poolBytes - used - available);
    expect(figures.get(`${arenaCount} arenas * 1048576 bytes/arena`)).toBe(lent);
    expect(figures.get("Total")).toBe(lent);
  });
  fc.assert(property, { numRuns: Number(process.env.OURO_RUNS ?? 60) });
});
