// Counterexamples of programs about death: as small as can be, run as they are printed, and drawn
// with what was called and what weak references give.

import { composeMemoryManager, cpythonStrategy } from "@ouro/memory-manager";
import { describe, expect, it } from "vitest";
import type { DeathCommand } from "../src/index.js";
import * as kit from "../src/index.js";

type Manager = ReturnType<typeof composeMemoryManager>;

function managers(plant: (manager: Manager) => kit.Subject): kit.ManagerMaker {
  const make: kit.SubjectMaker = ({ observer }) =>
    plant(
      composeMemoryManager({
        ...{ strategy: cpythonStrategy(), observer, reservationBytes: 2 ** 26 },
      }),
    );
  return { name: "wrong", make };
}

function finalizationOf({ collector }: Manager) {
  if (collector.finalization === undefined) throw new Error("no such part");
  return collector.finalization;
}

function weakReferencesOf({ weakReferences }: Manager) {
  if (weakReferences === undefined) throw new Error("no such part");
  return weakReferences;
}

/** Finalizers run twice, everywhere or in collections alone. */
const finalizesTwice = (isTwice: (isCollecting: boolean) => boolean) =>
  managers((manager) => {
    const { mutator } = manager;
    const finalization = finalizationOf(manager);
    const { setFinalizer } = finalization;
    let isCollecting = false;
    finalization.setFinalizer = (type, finalize) =>
      setFinalizer.call(finalization, type, (slot) => {
        finalize(slot);
        if (isTwice(isCollecting)) finalize(slot);
      });
    const collect: typeof mutator.collect = (generation) => {
      isCollecting = true;
      try {
        return mutator.collect(generation);
      } finally {
        isCollecting = false;
      }
    };
    return { ...manager, mutator: { ...mutator, collect } };
  });

const callsNoneBack = managers((manager) => {
  const weakReferences = weakReferencesOf(manager);
  const create: typeof weakReferences.create = (into, of, callback) =>
    weakReferences.create(into, of, callback && (() => {}));
  return { ...manager, weakReferences: { ...weakReferences, create } };
});

const givesTheDead = managers((manager) => {
  const finalization = finalizationOf(manager);
  const { targetOf } = finalization;
  const known = new Map<number, number>();
  finalization.targetOf = (weak) => {
    const target = targetOf(weak);
    if (target !== 0) known.set(weak, target);
    return (known.get(weak) ?? 0) as typeof target;
  };
  return manager;
});

function refuted(maker: kit.ManagerMaker, property: string) {
  const { verdicts } = kit.memoryManagerConformance(maker, { properties: [property] });
  const found = verdicts[0]?.counterexample;
  if (found?.drawing === undefined) throw new Error(`"${property}" was not refuted, or not drawn`);
  return { ...found, drawing: found.drawing };
}

/** The property's own search, from a program that shrinking would not reach. */
function tightened(maker: kit.ManagerMaker, name: string, commands: readonly DeathCommand[]) {
  const property = kit.memoryManagerSuite.properties.find((each) => each.name === name);
  if (property?.tightened === undefined) throw new Error(`"${name}" tightens nothing`);
  const fails = (program: unknown): boolean => {
    try {
      property.check(program, maker, kit.createNotes());
      return false;
    } catch (error) {
      return error instanceof kit.BrokenPromiseError;
    }
  };
  expect(fails(commands)).toBe(true);
  return property.tightened(commands, fails);
}

/** Runs a script; answers what it printed. */
function printedBy(script: string, maker: kit.ManagerMaker): string[] {
  const printed: string[] = [];
  const console = { log: (...words: unknown[]) => printed.push(words.join(" ")) };
  new Function("maker", "console", script)(maker, console);
  return printed;
}

const BIRTH = { do: "new", slot: 0, isFinalized: true, act: "nothing" } as const;
const WATCHED_RING = { do: "watched ring", slot: 3, count: 4, act: "collect" } as const;
const NOISE: readonly DeathCommand[] = [
  { do: "new", slot: 2, isFinalized: true, act: "drop a root" },
  WATCHED_RING,
  { do: "weak", weak: 2, slot: 2, act: "store" },
  { do: "poll" },
  { do: "collect" },
  { do: "link", from: 2, field: 1, to: 2 },
];

describe("A counterexample about death is as small as it can be", () => {
  it.each<[string, kit.ManagerMaker, string, readonly DeathCommand[]]>([
    ["one birth", finalizesTwice(() => true), kit.FINALIZERS, [BIRTH]],
    [
      "a ring is taken apart to an object that holds itself",
      finalizesTwice((isCollecting) => isCollecting),
      kit.FINALIZERS,
      [BIRTH, { do: "link", from: 0, field: 0, to: 0 }],
    ],
    [
      "acts are nothing, and finalizers none",
      callsNoneBack,
      kit.WEAK_REFERENCES,
      [
        { ...BIRTH, isFinalized: false },
        { do: "weak", weak: 0, slot: 0, act: "nothing" },
        { do: "drop", slot: 0 },
        { do: "collect" },
      ],
    ],
  ])("%s", (_, maker, property, commands) => {
    expect(tightened(maker, property, NOISE)).toEqual(commands);
    expect(refuted(maker, property).program).toEqual(commands);
  });
});

describe("A script about death shows by itself what went wrong", () => {
  it("a finalizer that runs twice, with no line that does nothing", () => {
    const maker = finalizesTwice(() => true);
    const { script } = refuted(maker, kit.FINALIZERS);
    const twice = "finalizer of node 1";
    expect(printedBy(script, maker)).toEqual([twice, twice]);
    expect(script).not.toMatch(/acts|plain|if \(/);
    expect(script.split("\n").slice(-5)).toEqual([
      "m.allocate(node, f);",
      "m.setWord(m.root(f), 2, 1);",
      "m.setRoot(f, 0);",
      "m.collect();",
      "// the finalizer of node 1 runs a second time",
    ]);
  });

  it("acts by name, where a finalizer does something", () => {
    const maker = managers((manager) => {
      const { collector } = manager;
      const finalization = { ...finalizationOf(manager), programErrorCount: 0 };
      return { ...manager, collector: { ...collector, finalization } as typeof collector };
    });
    const { script } = refuted(maker, kit.PROGRAM_CODE);
    expect(script).toContain("const fail = () => { throw");
    expect(script).toContain("acts[1] = fail;");
    expect(printedBy(script, maker)).toEqual(["finalizer of node 1"]);
  });

  it("plays what the property plays, with every kind of command and act", () => {
    const maker = managers((manager) => manager);
    const acts = kit.ACTS.flatMap((act, slot): DeathCommand[] => [
      { do: "new", slot: slot % 6, isFinalized: true, act },
      { do: "weak", weak: slot % 4, slot: slot % 6, act },
      { do: "link", from: slot % 6, field: 1, to: (slot + 5) % 6 },
    ]);
    const property = kit.memoryManagerSuite.properties.find(
      ({ name }) => name === kit.WEAK_REFERENCES,
    );
    const all: DeathCommand[] = [...NOISE, ...acts, { do: "cut", from: 1, field: 1 }, ...NOISE];
    const script = property?.script([...all, { do: "drop weak", weak: 1 }], maker) ?? "";
    expect(script).not.toMatch(/^\/\/ (?!maker)/m);
    expect(() => printedBy(script, maker)).not.toThrow();
  });
});

describe("A drawing about death tells what was called, and what should have been", () => {
  it("finalizers, before all is dropped and after", () => {
    const { drawing } = refuted(
      finalizesTwice(() => true),
      kit.FINALIZERS,
    );
    expect(drawing.text.split("\n")).toEqual([
      "before all is dropped:",
      "  root 0 → #1",
      "  #1 node [· ·]  finalizer not run",
      "after all is dropped and collected:",
      "  #1 node [· ·]  finalizer run twice, not once, freed",
    ]);
    expect(drawing.svg).toContain("finalizer run twice, not once");
  });

  it("weak references that give what is gone", () => {
    const { drawing } = refuted(givesTheDead, kit.WEAK_REFERENCES);
    expect(drawing.text).toContain("weak 0 ⇢ #1  gives #1, which is gone");
  });

  it("a callback that was not called, and a weak reference that is live", () => {
    const { drawing } = refuted(callsNoneBack, kit.WEAK_REFERENCES);
    expect(drawing.text).toContain("weak 0 ⇢ ·  empty, was of #1, callback not called");
    const { drawing: early } = refuted(finalizationFirst, kit.FINALIZATION_ORDER);
    expect(early.text).toContain("weak 0 ⇢ #1  live, callback not called");
    expect(early.svg).toMatch(/marker-end="url\(#tip\)" stroke-dasharray/);
  });

  it("a root that was emptied, and what it should hold", () => {
    const { drawing } = refuted(emptiesARoot, kit.PROGRAM_CODE);
    expect(drawing.text).toContain("root 0 → #1  holds none");
    expect(drawing.text).toContain("REACHABLE, AND FREED");
  });
});

const finalizationFirst = managers((manager) => {
  const { collector } = manager;
  const traits = { ...collector.traits, finalizationOrder: "weak references first" } as const;
  return { ...manager, collector: { ...collector, traits } };
});

const emptiesARoot = managers((manager) => {
  const { mutator, roots } = manager;
  const collect: typeof mutator.collect = (generation) => {
    const collection = mutator.collect(generation);
    mutator.setRoot(roots.framesStart as never, 0 as never);
    return collection;
  };
  return { ...manager, mutator: { ...mutator, collect } };
});
