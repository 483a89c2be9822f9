// A long run says how far it is, on a terminal and nowhere else.

import { expect, it } from "vitest";
import { createStatusLine, durationText } from "../status-line.js";

const CLEAR = "\r\u001b[K";

function terminal(isTTY: boolean) {
  const written: string[] = [];
  return { isTTY, columns: 20, write: (text: string) => void written.push(text), written };
}

it("writes one line over the other, twice a second at most, and clears it", () => {
  let time = 1000;
  const output = terminal(true);
  const status = createStatusLine(output, () => time);
  status.tell(() => "round 1");
  time += 499;
  status.tell(() => "round 2");
  time += 1;
  status.tell(() => "round 3");
  status.clear();
  expect(output.written).toEqual([`${CLEAR}round 1`, `${CLEAR}round 3`, CLEAR]);
});

it("is cut to one line of the terminal", () => {
  const output = terminal(true);
  createStatusLine(output, () => 0).tell(() => "a".repeat(50));
  expect(output.written).toEqual([CLEAR + "a".repeat(19)]);
});

it("writes nothing to a file and makes no text for it", () => {
  const output = terminal(false);
  const status = createStatusLine(output);
  status.tell(() => expect.fail("it asked for a text"));
  status.clear();
  expect(output.written).toEqual([]);
});

it("says how long in what a person who waits can use", () => {
  expect([-5, 400, 119_000, 119_001, 3_600_000].map(durationText)).toEqual([
    ...["0 s", "1 s", "119 s", "2 min", "60 min"],
  ]);
});
