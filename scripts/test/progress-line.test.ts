// The line that says how far a long run is.

import { expect, it } from "vitest";
import { createProgressLine } from "../progress-line.js";

function makeLine(isTTY: boolean) {
  const written: string[] = [];
  const clock = { milliseconds: 0 };
  const output = { isTTY, write: (text: string) => written.push(text) };
  const line = createProgressLine(output, () => clock.milliseconds);
  const tellAt = (milliseconds: number, doneCount: number): void => {
    clock.milliseconds = milliseconds;
    line.tell({ doneCount, branchCount: 400, programCount: doneCount * 9 });
  };
  line.begin("null, heaps");
  return { line, tellAt, written };
}

it("says how much is done, of how much, and how long the rest takes", () => {
  const { tellAt, written } = makeLine(true);
  tellAt(0, 0);
  tellAt(10_000, 100);
  tellAt(600_000, 200);
  expect(written.map((text) => text.replace("\r\u001b[K", ""))).toEqual([
    "null, heaps: 0 of 400 branches, 0 programs",
    "null, heaps: 100 of 400 branches, 900 programs, about 30 s left",
    "null, heaps: 200 of 400 branches, 1800 programs, about 10 min left",
  ]);
});

it("is written twice a second at most, and cleared in the end", () => {
  const { line, tellAt, written } = makeLine(true);
  for (let milliseconds = 0; milliseconds < 1000; milliseconds += 10) tellAt(milliseconds, 1);
  line.end();
  expect(written).toHaveLength(3);
  expect(written.at(-1)).toBe("\r\u001b[K");
});

it("says nothing where there is no terminal", () => {
  const { line, tellAt, written } = makeLine(false);
  tellAt(0, 0);
  tellAt(10_000, 100);
  line.end();
  expect(written).toEqual([]);
});
