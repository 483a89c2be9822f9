// Resident memory is measured in a process of its own: nothing else allocates there.

import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { AllocatorStatistics, HeapStatistics } from "@ouro/interfaces";
import { describe, expect, test } from "vitest";

const TOUCHED_BYTES = 256 * 2 ** 20;
const loader = new URL("../../../scripts/from-sources.mjs", import.meta.url).href;
const program = fileURLToPath(new URL("./touch-and-free.ts", import.meta.url));

interface Measurement {
  readonly baseBytes: number;
  readonly touchedBytes: number;
  readonly freedBytes: number;
  readonly kept: number;
  readonly heap: HeapStatistics;
  readonly blocks: AllocatorStatistics;
}

/** Touches 256 MiB of blocks in a resizable heap and frees all but the one that `keep` says. */
function measure(requestBytes: number, keep: "lowest" | "highest", order: string): Measurement {
  const args = ["--import", loader, program, requestBytes, keep, order, TOUCHED_BYTES].map(String);
  return JSON.parse(execFileSync(process.execPath, args, { encoding: "utf8" }));
}

const ORDERS = process.env.OURO_LONG === "1" ? ["upwards", "downwards"] : ["downwards"];

describe.each([
  ["pools", 512, ORDERS],
  ["large", 65536, ORDERS],
])("256 MiB of %s blocks, touched and freed", (borrower, requestBytes, orders) => {
  test.each(orders)("%s but for the lowest: resident memory falls", (order) => {
    const { baseBytes, touchedBytes, freedBytes, heap } = measure(requestBytes, "lowest", order);
    expect(touchedBytes - baseBytes).toBeGreaterThan(0.9 * TOUCHED_BYTES);
    expect(touchedBytes - freedBytes).toBeGreaterThanOrEqual(0.8 * TOUCHED_BYTES);
    expect(heap.returnedBytes).toBeGreaterThanOrEqual(0.8 * TOUCHED_BYTES);
  });

  test("but for the highest: nothing falls, and the statistics name what pins it", () => {
    const measurement = measure(requestBytes, "highest", "upwards");
    const { touchedBytes, freedBytes, kept, heap, blocks } = measurement;
    expect(touchedBytes - freedBytes).toBeLessThan(0.1 * TOUCHED_BYTES);
    expect(heap.returnedBytes).toBe(0);
    expect(heap.topArena).toEqual({ arenaIndex: kept >>> 18, borrower });
    expect(blocks.topBlock?.block).toBe(kept);
    expect(blocks.topBlock?.usableSizeBytes).toBeGreaterThanOrEqual(requestBytes);
    expect(blocks.liveBlockCount).toBe(1);
  });
});
