// Files of counterexamples: every program that a suite plays is one that a file may hold, and a
// file that is damaged is told as damaged, with where, never as a refutation.

import { createPrivateHeap } from "@ouro/heap";
import { isOuroError } from "@ouro/interfaces";
import { nullStrategy } from "@ouro/null";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as kit from "../src/index.js";
import { subjectsOf } from "./subjects.js";
import { toyDetectors } from "./toy-detector.js";

const collector: kit.CollectorMaker = {
  strategy: nullStrategy,
  compose: (strategy, options) => subjectsOf(strategy)(options),
};
const manager: kit.ManagerMaker = { name: "null", make: subjectsOf(nullStrategy()) };
const heap: kit.HeapMaker = {
  name: "small",
  returnsMemory: false,
  make: (options) => createPrivateHeap({ reservationBytes: 9 * 2 ** 20, ...options }),
};
const allocator = {
  ...{ name: "sizes alone", keptArenaCount: 0 },
  ...{ requestBytes: kit.requestSizes.small, bulkBytes: kit.requestSizes.small },
} as kit.AllocatorMaker;

interface Kind {
  readonly suite: string;
  readonly property: string;
  readonly programs: fc.Arbitrary<unknown> | undefined;
}

function kindsOf<Maker>({ name, properties }: kit.Suite<Maker>, maker: Maker): Kind[] {
  return properties.map((property) => {
    const programs = property.programs?.(maker, { commandLimitCount: 20 });
    return { suite: name, property: property.name, programs };
  });
}

const KINDS: readonly Kind[] = [
  ...kindsOf(kit.allocatorSuite, allocator),
  ...kindsOf(kit.heapSuite, heap),
  ...kindsOf(kit.detectorSuite, toyDetectors()),
  ...kindsOf(kit.collectorSuite, collector),
];

function textOf(about: Pick<Kind, "suite" | "property">, program: unknown): string {
  const how = { subject: "x", seed: 1, path: "", reason: "", program };
  return JSON.stringify({ format: kit.COUNTEREXAMPLE_FORMAT, ...about, ...how });
}

function refusal(run: () => unknown): string {
  try {
    return `no refusal, but ${JSON.stringify(run())}`;
  } catch (error) {
    return isOuroError(error, "input-format") ? error.message : `no typed refusal: ${error}`;
  }
}

const sampled = KINDS.filter(({ programs }) => programs !== undefined);

it.each(sampled)("A file holds any program of $suite: $property", ({ programs, ...about }) => {
  fc.assert(
    fc.property(programs as fc.Arbitrary<unknown>, (program) => {
      kit.parseCounterexample(textOf(about, program));
    }),
    { seed: 1, numRuns: 20 },
  );
});

it("A file holds any program that was taken apart into calls, with handles", () => {
  fc.assert(
    fc.property(kit.mutatorPrograms(), (program) => {
      const [, ...steps] = kit.scriptOf(program);
      const commands = steps.map((step) => ({ do: "step", step }));
      const about = { suite: "memory manager", property: kit.CONTENTS };
      kit.parseCounterexample(textOf(about, { commands, collectEvery: 0 }));
    }),
    { seed: 1, numRuns: 20 },
  );
});

it.each(KINDS)("A file of $suite: $property holds nothing else", ({ suite, property }) => {
  for (const program of [{ comands: [] }, [{ do: "no such" }], [7]]) {
    const text = textOf({ suite, property }, program);
    expect(refusal(() => kit.parseCounterexample(text, "a.json"))).toMatch(/^a\.json: program/);
  }
});

const CALM = { collectEvery: 0, collectAtBarrier: 0, collectYoungEvery: 0 };
const START = { slots: [[0, 0]], isRooted: [true], histories: ["touched"] };

describe("A damaged program is told with where it is damaged", () => {
  const managers = (property: string) => ({ suite: "memory manager", property });

  it.each<[{ suite: string; property: string }, unknown, string]>([
    [
      managers(kit.CONTENTS),
      { comands: [], ...CALM },
      "program.comands is not known. Did you mean",
    ],
    [managers(kit.CONTENTS), { commands: [] }, "program.collectEvery is missing"],
    [
      managers(kit.CONTENTS),
      { commands: [{ do: "hold", from: 1 }, { do: "alocate" }], ...CALM },
      'program.commands[1].do is the text "alocate", which it cannot be. Did you mean "allocate"?',
    ],
    [
      managers(kit.CONTENTS),
      { commands: [{ do: "set root", slot: 0, value: { root: 0 } }], ...CALM },
      "program.commands[0].value.fields is missing",
    ],
    [
      managers(kit.CONTENTS),
      { commands: [{ do: "step", step: { call: "hold", form: 0 } }], ...CALM },
      'program.commands[0].step.form is not known. Did you mean "from"?',
    ],
    [managers(kit.FINALIZERS), [{ do: "drop", slot: 6 }], "program[0].slot is 6"],
    [managers(kit.SMALL_HEAPS), { rootCount: 2, start: START }, "program.letters is missing"],
    [
      managers(kit.SMALL_HEAPS),
      { rootCount: 2, start: START, letters: [], before: [{}] },
      "program.before[0].rootCount is missing",
    ],
    [managers(kit.DEEP), { shape: "chian", type: "pair", link: 0, count: 9 }, '"chain"?'],
    [{ suite: "heap", property: kit.BOOKS }, [{ do: "limit" }], "program[0].arenaCount is missing"],
    [
      { suite: "detector", property: kit.MARKS },
      { objects: [{ type: 9, slots: [], outsideCount: 0, isListed: true }] },
      "program.objects[0].type is 9",
    ],
  ])("%j %j", (about, program, message) => {
    const text = textOf(about, program);
    expect(refusal(() => kit.parseCounterexample(text, "a.json"))).toContain(message);
  });

  it("when it is replayed as well, with the name of the file", () => {
    const format = kit.COUNTEREXAMPLE_FORMAT as typeof kit.COUNTEREXAMPLE_FORMAT;
    const about = { format, ...managers(kit.CONTENTS) };
    const how = { subject: "null", seed: 1, path: "", reason: "", program: { comands: [] } };
    const replay = () =>
      kit.replayCounterexample(kit.memoryManagerSuite, manager, { ...about, ...how }, "b.json");
    expect(refusal(replay)).toMatch(/^b\.json: program\.comands is not known/);
  });

  it("and a case of a small scope that is whole is played", () => {
    const program = {
      rootCount: 2,
      start: START,
      letters: [{ do: "collect", isYoungOnly: false }],
    };
    const file = kit.parseCounterexample(textOf(managers(kit.SMALL_HEAPS), program));
    const verdict = kit.replayCounterexample(kit.memoryManagerSuite, manager, file);
    expect(verdict.outcome).toBe("holds");
  });

  it("a property that is not promised any more is not run, and why is said", () => {
    const program = { commands: [{ do: "collect" }], ...CALM };
    const file = kit.parseCounterexample(textOf(managers(kit.EXACT), program));
    expect(kit.replayCounterexample(kit.memoryManagerSuite, manager, file)).toMatchObject({
      ...{ property: kit.EXACT, outcome: "not run", programCount: 0 },
      why: "its traits do not say exact",
    });
  });
});
