// What a counterexample of mutator programs looks like in the end: shrinking leaves commands that
// build and collect more than they show, and those are taken apart into single calls.

import { composeMemoryManager, cpythonStrategy } from "@ouro/memory-manager";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as kit from "../src/index.js";
import { subjectsOf } from "./subjects.js";
import { type Fault, toyStrategy } from "./toy-strategies.js";

function refuted(fault: Fault, property: string) {
  const maker = { name: "toy", make: subjectsOf(toyStrategy("tracing", fault)) };
  const report = kit.memoryManagerConformance(maker, { properties: [property] });
  const [verdict] = report.verdicts;
  const script = verdict?.counterexample?.script ?? "";
  const calls = script.split("\n").filter((line) => !/^(const (?!f0|h)|\/\/)/.test(line));
  return { maker, report, calls };
}

describe("A counterexample is as small as it can be", () => {
  it.each<[Fault, string, number]>([
    // The last call is the collection that the property makes behind each program. Above five
    // objects, which hang on four slots.
    ["drops the last object that it reached", kit.CONTENTS, 14],
    ["drops what lies three references from a root", kit.CONTENTS, 11],
    ["drops what only an owned-only slot holds", kit.CONTENTS, 6],
    ["leaks rings", kit.EXACT, 6],
    ["swaps two slots when it collects", kit.CONTENTS, 5],
  ])("%s", (fault, property, callCount) => {
    const { maker, report, calls } = refuted(fault, property);
    expect(calls.join("\n").split("\n").length, calls.join("\n")).toBeLessThanOrEqual(callCount);
    const [file] = kit.counterexampleFiles(report);
    const replayed = kit.replayCounterexample(kit.memoryManagerSuite, maker, file as never);
    const again = replayed.counterexample;
    expect(again?.reason).toBe(file?.reason);
    expect(again?.script).toBe(report.verdicts[0]?.counterexample?.script);
  });
});

describe("A script that lost some of its steps", () => {
  it("is a program still: nothing that it calls is refused", () => {
    const make: kit.SubjectMaker = ({ observer }) =>
      composeMemoryManager({
        ...{ strategy: cpythonStrategy(), observer, checked: true, reservationBytes: 2 ** 26 },
      });
    const holds = fc.property(
      kit.mutatorPrograms(),
      fc.infiniteStream(fc.nat(9)),
      (program, draw) => {
        const [, ...steps] = kit.scriptOf(program);
        const kept = steps.filter(() => (draw.next().value as number) > 1);
        const commands = kept.map((step) => ({ do: "step", step }) as const);
        kit.checkProgram({ commands, collectEvery: 0 }, make);
      },
    );
    fc.assert(holds, { numRuns: Number(process.env.OURO_RUNS ?? 3) });
  });
});
