// Every preset held against everything that its traits promise, in fast mode, checked, and checked
// with a collection at every safepoint. OURO_RUNS sets the programs for each (default 8), OURO_SEED
// the seed: `OURO_RUNS=2000 npx vitest run packages/memory-manager/test/conformance`. Memory runs
// out in half as many, at each of their allocations; `-t "loses nothing"` runs those alone.

import {
  checkProgram,
  MEMORY,
  mutatorPrograms,
  PROPERTY_NAMES,
  printVerdicts,
  prove,
  runProgram,
} from "@ouro/testkit";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkedSubjectsOf, presets, stressedSubjectsOf, subjectsOf } from "./presets.js";

const runCount = Number(process.env.OURO_RUNS ?? 8);
const seed = Number(process.env.OURO_SEED ?? 1);
const TIMEOUT_MILLISECONDS = 30_000 + runCount * 2000;
const CALM = PROPERTY_NAMES.filter((name) => name !== MEMORY);

const modes = [
  { mode: "in fast mode", make: subjectsOf },
  { mode: "checked", make: checkedSubjectsOf },
  { mode: "checked, collecting at every safepoint", make: stressedSubjectsOf },
] as const;

describe.each([...presets])("The preset %s", (_, strategy) => {
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

  it.each(modes.slice(0, 2))(
    `${MEMORY}, every one in turn, $mode`,
    ({ make }) => {
      const options = { properties: [MEMORY], runCount: Math.ceil(runCount / 2), seed } as const;
      const verdicts = prove(make(strategy), options);
      expect(printVerdicts(verdicts)).toBe(`holds: ${MEMORY}`);
      expect(verdicts[0]?.refusalCount).toBeGreaterThan(runCount);
    },
    TIMEOUT_MILLISECONDS,
  );
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
