// The fast preset against the exact one, on programs of every kind of object there is. OURO_RUNS
// sets the number of programs (default 60), OURO_SEED the seed:
// `OURO_RUNS=5000 npx vitest run packages/memory-manager/test/twin`.

import { cpythonFastStrategy, cpythonStrategy } from "@ouro/memory-manager";
import fc from "fast-check";
import { expect, it } from "vitest";
import { flawOfFullQueue } from "./full-queue.js";
import { playTwin, twinPrograms } from "./twin-programs.js";

const numRuns = Number(process.env.OURO_RUNS ?? 60);
const seed = Number(process.env.OURO_SEED ?? 1);

it(
  "Under cpython-3.13-fast a program sees what it sees under cpython-3.13",
  () => {
    const sameSight = fc.property(twinPrograms, (program) => {
      const seen = playTwin(program, cpythonFastStrategy());
      expect(seen).toEqual(playTwin(program, cpythonStrategy()));
    });
    fc.assert(sameSight, { numRuns, seed });
  },
  60_000 + numRuns * 3000,
);

it("More objects than the queue holds are reached under cpython-3.13-fast", () => {
  expect(flawOfFullQueue(cpythonFastStrategy())).toBeUndefined();
});
