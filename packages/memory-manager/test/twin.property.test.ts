// The fast preset against the exact one, on programs of every kind of object there is. OURO_RUNS
// sets the number of programs (default 60), OURO_SEED the seed:
// `OURO_RUNS=5000 npx vitest run packages/memory-manager/test/twin`.

import { cpythonFastStrategy } from "@ouro/memory-manager";
import fc from "fast-check";
import { it } from "vitest";
import { QUEUE, TWIN, twinProperty } from "./twin-properties.js";

const numRuns = Number(process.env.OURO_RUNS ?? 60);
const seed = Number(process.env.OURO_SEED ?? 1);

it(
  `Under cpython-3.13-fast ${TWIN}`,
  () => {
    fc.assert(twinProperty(TWIN, cpythonFastStrategy), { numRuns, seed });
  },
  60_000 + numRuns * 3000,
);

it(`Under cpython-3.13-fast ${QUEUE}`, () => {
  fc.assert(twinProperty(QUEUE, cpythonFastStrategy), { numRuns: 1, seed });
});
