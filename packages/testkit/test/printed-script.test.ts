// Scripts of counterexamples run as they are printed, with nothing but the maker that the suite was
// given, and end where the promise broke: with the numbers that the reason names.

import { createPrivateHeap } from "@ouro/heap";
import { composeMemoryManager, cpythonStrategy } from "@ouro/memory-manager";
import { describe, expect, it } from "vitest";
import * as kit from "../src/index.js";
import { subjectsOf } from "./subjects.js";
import { type Fault, toyStrategy } from "./toy-strategies.js";

type Manager = ReturnType<typeof composeMemoryManager>;

/** Shrunk or not, a script shows what it says; not is quicker. */
function refute<Maker>(suite: kit.Suite<Maker>, maker: Maker, property: string, shrinks = false) {
  const { verdicts } = kit.runSuite(suite, maker, { properties: [property], shrinks });
  const found = verdicts[0]?.counterexample;
  if (found === undefined) throw new Error(`"${property}" was not refuted`);
  return found;
}

/** Runs a script; answers the manager that it made, and what it printed. */
function run(script: string, maker: unknown) {
  const printed: string[] = [];
  const console = { log: (...words: unknown[]) => printed.push(words.join(" ")) };
  const play = new Function("maker", "console", `${script}\nreturn manager;`);
  return { manager: play(maker, console) as Manager, printed };
}

const numberIn = (pattern: RegExp, text: string): number => Number(pattern.exec(text)?.[1]);

describe("A printed script, run as it is,", () => {
  it.each<[Fault, string]>([
    ["leaks rings", kit.EXACT],
    ["drops the last object that it reached", kit.EXACT],
    ["leaks objects without slots", kit.NOTHING_LEFT],
    ["leaks rings", kit.SMALL_PROGRAMS],
  ])("ends with as many objects as the reason says: %s", (fault, property) => {
    const maker = { name: fault, make: subjectsOf(toyStrategy("tracing", fault)) };
    const { script, reason } = refute(kit.memoryManagerSuite, maker, property);
    const { manager } = run(script, maker);
    expect(manager.collector.statistics().liveCount).toBe(numberIn(/(\d+) live/, reason));
    expect(script.split("\n").at(-1)).toContain(reason.split("\n").at(-1));
  });

  it("drops and collects everything, as the property does behind its program", () => {
    const fault = "keeps an arena for every large object";
    const strategy = () => toyStrategy("tracing", fault);
    const maker: kit.CollectorMaker = {
      strategy,
      compose: (made, { observer }) =>
        composeMemoryManager({ strategy: made, observer, reservationBytes: 2 ** 26 }),
    };
    const { script, reason } = refute(kit.collectorSuite, maker, kit.NOTHING_LEFT);
    expect(script).toMatch(/m\.leave\(f0\);/);
    const { manager } = run(script, maker);
    const lentCount = numberIn(/(\d+) arenas are lent with/, reason);
    expect(manager.heap.statistics().lentArenaCount).toBe(lentCount);
  });

  it("shows a finalizer that runs a second time when all is dropped in the end", () => {
    const make: kit.SubjectMaker = ({ observer }) => {
      const strategy = cpythonStrategy();
      const manager = composeMemoryManager({ strategy, observer, reservationBytes: 2 ** 26 });
      const { finalization } = manager.collector;
      const setFinalizer = finalization?.setFinalizer;
      if (finalization === undefined || setFinalizer === undefined) throw new Error("no such part");
      finalization.setFinalizer = (type, finalize) =>
        setFinalizer.call(finalization, type, (slot) => {
          finalize(slot);
          finalize(slot);
        });
      return manager;
    };
    const maker = { name: "twice", make };
    const { script, reason } = refute(kit.memoryManagerSuite, maker, kit.FINALIZERS, true);
    const twice = `finalizer of node ${numberIn(/node (\d+)/, reason)}`;
    expect(run(script, maker).printed.slice(-2)).toEqual([twice, twice]);
  });

  it("begins with the maker's own source where there is one", () => {
    const source = "const manager = made;";
    const strategy = toyStrategy("tracing", "leaks rings");
    const maker = { name: "toy", make: subjectsOf(strategy), source };
    const { script } = refute(kit.memoryManagerSuite, maker, kit.EXACT);
    expect(script.split("\n")[0]).toBe(source);
  });

  it("is no empty one where a property needs no program", () => {
    const make: kit.SubjectMaker = (options) => {
      const manager = subjectsOf(toyStrategy("tracing"))(options);
      const { collector } = manager;
      const traits = { ...collector.traits, slices: true };
      return { ...manager, collector: { ...collector, traits } };
    };
    const maker = { name: "toy", make };
    const { script, drawing } = refute(kit.memoryManagerSuite, maker, kit.HOOKS_AS_SAID);
    expect(run(script, maker).printed.at(-1)).toBe("false true");
    expect(drawing).toBeUndefined();
  });

  it("builds the list of a hundred thousand that a recursive collector cannot follow", () => {
    const strategy = toyStrategy("tracing", "marks by calling itself");
    const maker = { name: "recursive", make: subjectsOf(strategy) };
    const { script } = refute(kit.memoryManagerSuite, maker, kit.DEEP);
    expect(() => run(script, maker)).toThrow(/Maximum call stack/);
  });
});

describe("A drawing shows the heap up to where the promise broke", () => {
  it("what the collection behind a program took is freed after the last call", () => {
    const strategy = toyStrategy("tracing", "drops what only an owned-only slot holds");
    const maker = { name: "toy", make: subjectsOf(strategy) };
    const { drawing } = refute(kit.memoryManagerSuite, maker, kit.CONTENTS);
    const [before = "", after = ""] = drawing?.text.split("after m.collect();:") ?? [];
    expect(before).not.toContain("REACHABLE, AND FREED");
    expect(after).toContain("REACHABLE, AND FREED");
  });
});

describe("A counterexample says what is wrong with which object", () => {
  it("counts are drawn, the wrong one with what it should be", () => {
    const strategy = toyStrategy("counting", "forgets the count of a copy");
    const maker = { name: "toy", make: subjectsOf(strategy) };
    const { reason, drawing } = refute(kit.memoryManagerSuite, maker, kit.COUNTS, true);
    const [, name, serial, wrong] = /"(\w+)" (\d+) has (count \d+, not \d+)/.exec(reason) ?? [];
    const [before = "", after = ""] = drawing?.text.split("after ") ?? [];
    expect(before).toMatch(new RegExp(`#${serial} ${name} \\[.*\\] {2}count \\d+\n`));
    expect(after).toContain(wrong);
    expect(drawing?.svg).toContain(wrong);
  });

  it("what is gone, and what is left, is named", () => {
    const reasonOf = (fault: Fault): string => {
      const maker = { name: "toy", make: subjectsOf(toyStrategy("tracing", fault)) };
      return refute(kit.memoryManagerSuite, maker, kit.EXACT, true).reason;
    };
    expect(reasonOf("leaks rings")).toMatch(/are reachable: "\w+" \d+ is garbage$/);
    expect(reasonOf("drops what only an owned-only slot holds")).toMatch(/: "\w+" \d+ is gone$/);
  });
});

it("A script of a heap is made and played as it is printed, also where it needs no call", () => {
  const make: kit.HeapMaker["make"] = (options) => {
    const heap = createPrivateHeap({ reservationBytes: 9 * 2 ** 20, ...options });
    const walkArenas: typeof heap.walkArenas = (visit) =>
      heap.walkArenas((arena, index) => visit(arena, index + 1));
    return Object.assign(Object.create(heap), { walkArenas });
  };
  const maker = { name: "walks one further", returnsMemory: false, make };
  const { script, reason } = refute(kit.heapSuite, maker, kit.ARENA_WALK, true);
  const heap = new Function("maker", `${script}\nreturn heap;`)(maker) as { arenaCount: number };
  expect(heap.arenaCount).toBeGreaterThan(0);
  expect(script.split("\n").at(-1)).toBe(`// ${reason}`);
});

describe("A drawing", () => {
  it("breaks titles that are longer than it is wide", () => {
    const title = `after ${"m.get(".repeat(20)}m.root(f0)${", 0)".repeat(20)};`;
    const svg = kit.drawAsSvg([{ title, snapshot: { roots: [], objects: [] } }]);
    const lines = [...svg.matchAll(/<text [^>]*font-weight="bold">([^<]*)</g)];
    expect(lines.length).toBeGreaterThan(1);
    for (const [, text] of lines) expect(text?.length).toBeLessThanOrEqual(90);
    expect(
      lines
        .map(([, text]) => text)
        .join("")
        .replaceAll(" ", ""),
    ).toBe(title.replaceAll(" ", ""));
  });
});
