// Resident memory is measured in a process of its own: nothing else allocates there.

import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { ARENA_SIZE_BYTES, type HeapStatistics } from "@ouro/interfaces";
import { expect, test } from "vitest";

const MIB = ARENA_SIZE_BYTES;
const TOUCHED_ARENAS = 256;
const loader = new URL("../../../scripts/from-sources.mjs", import.meta.url).href;
const program = fileURLToPath(new URL("./touch-and-release.ts", import.meta.url));

interface Measurement {
  readonly baseBytes: number;
  readonly touchedBytes: number;
  readonly releasedBytes: number;
  readonly kept: number;
  readonly statistics: HeapStatistics;
}

/** Touches 256 arenas and releases all but the one that `keep` says. */
function measure(backing: "fixed" | "resizable", keep: "lowest" | "highest"): Measurement {
  const args = ["--import", loader, program, backing, keep, String(TOUCHED_ARENAS)];
  return JSON.parse(execFileSync(process.execPath, args, { encoding: "utf8" }));
}

test("256 MiB touched and released but for the lowest arena: resident memory falls", () => {
  const { baseBytes, touchedBytes, releasedBytes, statistics } = measure("resizable", "lowest");
  expect(touchedBytes - baseBytes).toBeGreaterThan(0.9 * TOUCHED_ARENAS * MIB);
  expect(touchedBytes - releasedBytes).toBeGreaterThanOrEqual(0.8 * TOUCHED_ARENAS * MIB);
  expect(statistics.returnedBytes).toBe((TOUCHED_ARENAS - 1) * MIB);
  expect(statistics.lentBytes).toBe(MIB);
});

test("with the highest arena kept nothing falls, and the statistics name it", () => {
  const { touchedBytes, releasedBytes, kept, statistics } = measure("resizable", "highest");
  expect(touchedBytes - releasedBytes).toBeLessThan(0.1 * TOUCHED_ARENAS * MIB);
  expect(statistics.returnedBytes).toBe(0);
  expect(statistics.lentBytes).toBe(MIB);
  expect(statistics.topArena).toEqual({ arenaIndex: kept, borrower: "keeper" });
});

test("a fixed heap keeps what was touched, and its statistics say so", () => {
  const { touchedBytes, releasedBytes, statistics } = measure("fixed", "lowest");
  expect(touchedBytes - releasedBytes).toBeLessThan(0.1 * TOUCHED_ARENAS * MIB);
  expect(statistics.returnedBytes).toBe(0);
  expect(statistics.committedBytes).toBeGreaterThan(TOUCHED_ARENAS * MIB);
});
