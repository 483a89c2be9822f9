// What every suite refuses before it runs: makers and options that are wrong are told as such, by
// a typed error with the suite, the option, the value and what to do, never as a wrong subject.

import { createPrivateHeap } from "@ouro/heap";
import { isOuroError } from "@ouro/interfaces";
import { nullStrategy } from "@ouro/null";
import { describe, expect, it } from "vitest";
import * as kit from "../src/index.js";
import { testSuite } from "../src/vitest.js";
import { subjectsOf } from "./subjects.js";
import { toyDetectors } from "./toy-detector.js";

const manager: kit.ManagerMaker = {
  name: "null",
  make: (options) => subjectsOf(nullStrategy())(options),
};
const collector: kit.CollectorMaker = {
  strategy: nullStrategy,
  compose: (strategy, options) => subjectsOf(strategy)(options),
};
const heap: kit.HeapMaker = {
  name: "small",
  returnsMemory: false,
  make: (options) => createPrivateHeap({ reservationBytes: 9 * 2 ** 20, ...options }),
};
const allocator: kit.AllocatorMaker = {
  name: "none",
  keptArenaCount: 0,
  requestBytes: kit.requestSizes.small,
  bulkBytes: kit.requestSizes.small,
  make: () => ({ heap: heap.make({ softLimitBytes: 2 ** 20, onSoftLimit() {} }), ...noAllocator }),
};
const noAllocator = { allocator: {} as never };
const strategyWith = (traits: object) => () => {
  const made = nullStrategy();
  return { ...made, traits: { ...made.traits, ...traits } };
};

/** The message of a typed refusal; anything else is no answer. */
function refusal(run: () => unknown): string {
  try {
    return `no refusal, but ${JSON.stringify(run())}`;
  } catch (error) {
    if (isOuroError(error, "usage")) return error.message;
    return `no typed refusal: ${String(error)}`;
  }
}

const odd = (maker: object, fields: object): never => ({ ...maker, ...fields }) as never;
const few = { programCount: 2, properties: [kit.CONTENTS] };
const one = { programCount: 2 };
const kits = {
  allocator: (maker: unknown) => kit.allocatorConformance(maker as never, one),
  heap: (maker: unknown) => kit.heapConformance(maker as never, one),
  detector: (maker: unknown) => kit.detectorConformance(maker as never, one),
  "memory manager": (maker: unknown) => kit.memoryManagerConformance(maker as never, few),
  collector: (maker: unknown) => kit.collectorConformance(maker as never, few),
};
type SuiteName = keyof typeof kits;

const late = async () => ({});
const fails = () => {
  throw new Error("no fresh one");
};

describe("A suite refuses a maker that it cannot take", () => {
  it.each(Object.keys(kits) as SuiteName[])("none at all: the suite %s", (name) => {
    for (const nothing of [undefined, null, 3, () => 0]) {
      expect(refusal(() => kits[name](nothing))).toMatch(`suite ${name}: the maker is`);
    }
    expect(refusal(() => kits[name]({}))).toMatch(/of the maker is missing. Give/);
  });

  it.each<[SuiteName, unknown, string]>([
    ["allocator", odd(allocator, { requestBytes: undefined }), "requestBytes of the maker is miss"],
    ["allocator", odd(allocator, { bulkBytes: 16 }), "bulkBytes of the maker is 16, which"],
    ["allocator", odd(allocator, { keptArenaCount: "many" }), 'is the text "many"'],
    ["allocator", odd(allocator, { keptArenaCount: -1 }), "keptArenaCount of the maker is -1"],
    ["allocator", odd(allocator, { forgetFreed: true }), 'Did you mean "forgetsFreed"?'],
    ["allocator", odd(allocator, { overrunKind: "blok-overrun" }), 'Did you mean "block-overrun"?'],
    ["allocator", odd(allocator, { make: fails }), "make() throws Error: no fresh one"],
    ["allocator", odd(allocator, { make: late }), "make() answers a promise"],
    ["allocator", allocator, "allocator.requestLimitBytes of what make() answers is missing"],
    ["heap", odd(heap, { make: () => undefined }), "what make() answers is missing"],
    ["heap", odd(heap, { make: late }), "make() answers a promise"],
    ["heap", odd(heap, { make: () => ({}) }), "words of what make() answers is missing"],
    ["heap", odd(heap, { returnsMemory: "no" }), 'returnsMemory of the maker is the text "no"'],
    ["heap", odd(heap, { windowStart: 3 }), "windowStart of the maker is not known"],
    ["detector", odd(toyDetectors(), { order: "cpyton" }), 'Did you mean "cpython"?'],
    ["detector", odd(toyDetectors(), { complete: 1 }), "complete of the maker is 1"],
    ["detector", odd(toyDetectors(), { observes: true }), 'Did you mean "observed"?'],
    ["detector", odd(toyDetectors(), { make: late }), "make() answers a promise"],
    ["memory manager", { name: "x" }, "make of the maker is missing"],
    ["memory manager", odd(manager, { make: fails }), "make() throws Error: no fresh one"],
    ["memory manager", odd(manager, { make: () => ({}) }), "heap of what make() answers is miss"],
    ["collector", odd(collector, { strategy: nullStrategy() }), "strategy of the maker is an Obj"],
    ["collector", odd(collector, { strategy: late }), "strategy() answers a promise"],
    ["collector", odd(collector, { strategy: strategyWith({ exakt: true }) }), 'mean "exact"?'],
    ["collector", odd(collector, { strategy: strategyWith({ death: "pormpt" }) }), '"prompt"?'],
    ["collector", odd(collector, { strategy: strategyWith({ cycles: undefined }) }), "is missing"],
    ["collector", odd(collector, { compose: undefined }), "compose of the maker is missing"],
  ])("the suite %s %$", (name, maker, message) => {
    const told = refusal(() => kits[name](maker));
    expect(told).toContain(`suite ${name}: `);
    expect(told).toContain(message);
  });

  it("passes on what a maker says by a typed error of its own", () => {
    const strategy = strategyWith({ exact: true });
    const run = () => kit.collectorConformance({ ...collector, strategy }, few);
    expect(run).toThrow(expect.objectContaining({ kind: "incompatible-parts" }));
  });

  it("tells of a maker that answers at first and throws later, and keeps what it threw", () => {
    let count = 0;
    const make: kit.SubjectMaker = (options) => (++count > 1 ? fails() : manager.make(options));
    const run = () => kit.memoryManagerConformance({ name: "tired", make }, few);
    expect(run).toThrow(expect.objectContaining({ cause: new Error("no fresh one") }));
    count = 0;
    expect(refusal(run)).toContain('asked about "keeps what is reachable alive');
  });
});

describe("A suite refuses options that it would lose or misread", () => {
  const run = (options: unknown) =>
    refusal(() => kit.memoryManagerConformance(manager, options as never));

  it.each<[object | null | string, string]>([
    [null, "the options is null, which it cannot be. Give an object of properties"],
    ["quick", 'the options is the text "quick"'],
    [{ programs: 3 }, "option programs is not known. There are: properties, programCount"],
    [{ programCuonts: {} }, 'Did you mean "programCounts"?'],
    [{ properties: ["keeps all"] }, 'option properties[0] is the text "keeps all", which names no'],
    [{ properties: ["keeps what is reachable"] }, `Did you mean "${kit.CONTENTS}"?`],
    [{ properties: kit.CONTENTS }, "option properties is the text"],
    [{ properties: [] }, "option properties is an Array, which it cannot be. Give a list of 1 or"],
    [{ programCount: -1 }, "option programCount is -1"],
    [{ programCount: 1.5 }, "option programCount is 1.5"],
    [{ programCounts: { "keeps al": 0 } }, 'option programCounts is the text "keeps al"'],
    [{ programCounts: { [kit.CONTENTS]: -1 } }, "is -1, which it cannot be"],
    [{ seed: Number.NaN }, "option seed is NaN"],
    [{ seed: 1.7 }, "option seed is 1.7"],
    [{ path: "foo" }, 'option path is the text "foo"'],
    [
      { path: "0:999:0", ...few, commandLimitCount: 1 },
      'option path "0:999:0" leads to no program',
    ],
    [{ path: "0:999", ...few, commandLimitCount: 1 }, 'option path "0:999" leads to no program'],
    [{ commandLimitCount: -3 }, "option commandLimitCount is -3"],
    [{ scopeStride: 0.5 }, "option scopeStride is 0.5"],
    [{ scopePart: { index: 3, count: 3 } }, "option scopePart is an Object"],
    [{ timeLimitMilliseconds: 0 }, "option timeLimitMilliseconds is 0"],
    [{ shrinks: "no" }, 'option shrinks is the text "no"'],
    [{ onVerdict: true }, "option onVerdict is true"],
  ])("%j", (options, message) => {
    expect(run(options)).toContain(message);
  });

  it("takes every option that is right", () => {
    const report = kit.memoryManagerConformance(manager, {
      properties: [kit.CONTENTS, kit.DEATHS],
      programCount: 2,
      programCounts: { [kit.DEATHS]: 0 },
      ...{ seed: 2 ** 40, scopeStride: 5000, scopePart: { index: 0, count: 2 } },
      ...{ timeLimitMilliseconds: 60_000, shrinks: false, commandLimitCount: 5 },
      onScopeProgress() {},
      onVerdict() {},
    });
    expect(report.verdicts.map(({ outcome }) => outcome)).toEqual(["holds", "not run"]);
  });
});

describe("What plays and prints one program refuses what it cannot take", () => {
  const program: kit.Program = { commands: [{ do: "collect" }], collectEvery: 0 };
  const { make } = manager;
  const name = "keeps what is reachable";

  it.each<[string, () => unknown, string]>([
    ["checkProgram", () => kit.checkProgram(undefined as never, make), "the program is missing"],
    [
      "checkProgram",
      () => kit.checkProgram({ commands: [{ do: "colect" }], collectEvery: 0 } as never, make),
      'commands[0].do of the program is the text "colect", which it cannot be. Did you mean "coll',
    ],
    ["checkProgram", () => kit.checkProgram(program, manager as never), "the maker is an Object"],
    [
      "checkProgram",
      () => kit.checkProgram(program, (() => ({})) as never),
      "heap of the manager that the maker answers is missing",
    ],
    [
      "checkProgram",
      () => kit.checkProgram(program, make, [name as never]),
      `Did you mean "${kit.CONTENTS}"?`,
    ],
    [
      "checkProgram",
      () => kit.checkProgram(program, make, undefined, { onRefuse() {} } as never),
      'onRefuse of the options is not known. Did you mean "onRefusal"?',
    ],
    [
      "runProgram",
      () => kit.runProgram({ commands: [] } as never, make),
      "collectEvery of the prog",
    ],
    ["runProgram", () => kit.runProgram(program, undefined as never), "the maker is missing"],
    ["drawProgram", () => kit.drawProgram([] as never, make), "the program is an Array"],
    ["drawProgram", () => kit.drawProgram(program, late as never), "heap of the manager that the"],
    [
      "mutatorPrograms",
      () => kit.mutatorPrograms({ commandLimit: 3 } as never),
      'commandLimit of the options is not known. Did you mean "commandLimitCount"?',
    ],
    [
      "mutatorPrograms",
      () => kit.mutatorPrograms({ rawLimitWords: -1 }),
      "rawLimitWords of the options is -1",
    ],
    ["scriptOf", () => kit.scriptOf(3 as never), "the program is 3"],
    ["printProgram", () => kit.printProgram(null as never), "the program is null"],
    [
      "allocationCountOf",
      () => kit.allocationCountOf({} as never),
      "commands of the program is mi",
    ],
  ])("%s %#", (where, run, message) => {
    const told = refusal(run);
    expect(told).toContain(`${where}: `);
    expect(told).toContain(message);
  });

  it("and plays what it can take", () => {
    expect(() => kit.checkProgram(program, make)).not.toThrow();
    expect(kit.runProgram(program, make)).toContain("0: 0");
    expect(kit.allocationCountOf(program)).toBe(0);
  });
});

it("With vitest a name that has a slip is told where the tests are declared", () => {
  const declare = (properties: string[]) => () =>
    testSuite(kit.detectorSuite, toyDetectors(), { properties });
  expect(refusal(declare(["changes no object and no cuont"]))).toContain("Did you mean");
});

it("A counterexample is not replayed on what the suite cannot take", () => {
  const text = JSON.stringify({
    ...{ format: kit.COUNTEREXAMPLE_FORMAT, suite: "heap", property: kit.BOOKS, subject: "heap" },
    ...{ path: "", reason: "", seed: 1, program: [] },
  });
  const file = kit.parseCounterexample(text);
  const maker = odd(heap, { make: late });
  expect(refusal(() => kit.replayCounterexample(kit.heapSuite, maker, file))).toContain("promise");
});
