// Every preset held against everything that its traits promise, in fast mode, checked, and checked
// with a collection at every safepoint. OURO_RUNS sets the programs for each (default 2, and 8 in
// `npm run test:long`), OURO_SEED the seed: `OURO_RUNS=2000 npx vitest run
// packages/memory-manager/test/conformance`. Memory runs out in twice as many short ones, at each
// of their allocations; `-t "loses nothing"` runs those alone.

import { PRESET_NAMES } from "@ouro/memory-manager";
import {
  allocationCountOf,
  checkProgram,
  DEEP,
  GROWTH,
  MEMORY,
  memoryManagerSuite,
  mutatorPrograms,
  PROPERTY_NAMES,
  runProgram,
  SMALL_COLLECTIONS,
  SMALL_HEAPS,
  SMALL_PROGRAMS,
} from "@ouro/testkit";
import { testSuite } from "@ouro/testkit/vitest";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkedSubjectsOf, presets, stressedSubjectsOf, subjectsOf } from "./presets.js";

const runCount = Number(process.env.OURO_RUNS ?? (process.env.OURO_LONG === "1" ? 8 : 2));
const seed = Number(process.env.OURO_SEED ?? 1);
const TIMEOUT_MILLISECONDS = 30_000 + runCount * 2000;
/** Properties that play the same cases each time, and long ones. */
const SCOPES: readonly string[] = [SMALL_PROGRAMS, SMALL_HEAPS, SMALL_COLLECTIONS, DEEP, GROWTH];
/** Other thresholds are no other code: their scopes are played by `npm run test:long`. */
const isSameCode = (name: string): boolean => /3\.12|low thresholds/.test(name);
const CALM = PROPERTY_NAMES.filter((name) => name !== MEMORY);

const modes = [
  { mode: "in fast mode", make: subjectsOf },
  { mode: "checked", make: checkedSubjectsOf },
  { mode: "checked, collecting at every safepoint", make: stressedSubjectsOf },
] as const;

describe.each([...presets])("The preset %s", (name, strategy) => {
  it.each(modes)(
    "keeps all that it promises, $mode",
    ({ make }) => {
      const promises = fc.property(mutatorPrograms(), (program) => {
        checkProgram(program, make(strategy), CALM);
      });
      fc.assert(promises, { numRuns: runCount, seed });
    },
    TIMEOUT_MILLISECONDS,
  );

  // What checked mode wraps is what fast mode calls: `npm run test:long` refuses both.
  it.each(modes.slice(process.env.OURO_LONG === "1" ? 0 : 1, 2))(
    `${MEMORY}, every one in turn, $mode`,
    ({ make }) => {
      let allocationCount = 0;
      const programs = mutatorPrograms({ commandLimitCount: 15, shapeLimitCount: 5 });
      const promises = fc.property(programs, (program) => {
        const count = allocationCountOf(program);
        let refusalCount = 0;
        const onRefusal = () => void refusalCount++;
        checkProgram(program, make(strategy), [MEMORY], { onRefusal });
        expect(refusalCount, "each allocation is refused once").toBe(count);
        allocationCount += count;
      });
      // The first programs of a run are the smallest: some allocate nothing.
      fc.assert(promises, { numRuns: 2 * runCount, seed });
      expect(allocationCount).toBeGreaterThan(runCount);
    },
    TIMEOUT_MILLISECONDS,
  );

  const properties = memoryManagerSuite.properties.flatMap(({ name: property }) =>
    PROPERTY_NAMES.includes(property as never) ||
    (SCOPES.includes(property) && isSameCode(name) && process.env.OURO_LONG !== "1")
      ? []
      : [property],
  );
  testSuite(
    memoryManagerSuite,
    { name, make: subjectsOf(strategy) },
    { properties, programCount: runCount, seed, timeoutMilliseconds: TIMEOUT_MILLISECONDS },
  );
});

it("Every preset there is stands among those that are held to it", () => {
  expect([...presets.keys()]).toEqual(expect.arrayContaining([...PRESET_NAMES]));
});

it(
  "A program ends in the same reachable graph under every preset",
  () => {
    const sameEnd = fc.property(mutatorPrograms(), (program) => {
      const [first, ...others] = [...presets].map(([name, strategy]) => {
        return { name, graph: runProgram(program, subjectsOf(strategy)) };
      });
      for (const { name, graph } of others) {
        expect(graph, `${name} and ${first?.name}`).toBe(first?.graph);
      }
    });
    fc.assert(sameEnd, { numRuns: runCount, seed });
  },
  TIMEOUT_MILLISECONDS,
);
