// Scripts of counterexamples run as they are printed, with nothing but the maker that the suite was
// given, and end where the promise broke: with the numbers that the reason names.

import { createPrivateHeap } from "@ouro/heap";
import { composeMemoryManager, cpythonStrategy } from "@ouro/memory-manager";
import { describe, expect, it } from "vitest";
import * as kit from "../src/index.js";
import { pools } from "./plain-makers.js";
import { subjectsOf } from "./subjects.js";
import { toyAllocators } from "./toy-allocators.js";
import { toyHeaps } from "./toy-heaps.js";
import { type Fault, toyStrategy } from "./toy-strategies.js";

interface Toy {
  readonly fault: string;
  readonly killedBy: string;
  readonly right: unknown;
  readonly wrong: unknown;
  readonly program?: unknown;
}

type Manager = ReturnType<typeof composeMemoryManager>;

/** Shrunk or not, a script shows what it says; not is quicker. */
function refute<Maker>(
  suite: kit.Suite<Maker>,
  maker: Maker,
  property: string,
  shrinks = false,
  options: kit.SuiteOptions = {},
) {
  const { verdicts } = kit.runSuite(suite, maker, { properties: [property], shrinks, ...options });
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

/** What a script prints and throws, and the blocks and regions that it was given. */
function observe(script: string, maker: unknown): string[] {
  const seen: string[] = [];
  const told = (value: unknown): string => JSON.stringify(value) ?? String(value);
  const console = { log: (...words: unknown[]) => seen.push(words.map(told).join(" ")) };
  const names = [...script.matchAll(/^const ([br]\d+) =/gm)].map(([, name]) => name);
  const play = new Function("maker", "console", `${script}\nconsole.log(${names.join(", ")});`);
  try {
    play(maker, console);
  } catch (error) {
    seen.push(`threw ${(error as Error).message}`);
  }
  return seen;
}

/** Of long programs scripts would be long too, and are looked for longer. */
const SHORT = { commandLimitCount: 10 };

const foundBefore = new Map<Toy, kit.Counterexample>();

/** The counterexample of a toy; looked for once. */
function found(suite: kit.Suite<unknown>, toy: Toy): kit.Counterexample {
  const before = foundBefore.get(toy);
  if (before !== undefined) return before;
  const { wrong, killedBy, program } = toy;
  const format = kit.COUNTEREXAMPLE_FORMAT as typeof kit.COUNTEREXAMPLE_FORMAT;
  const file = { format, suite: suite.name, property: killedBy, subject: "toy" };
  const made =
    program === undefined
      ? refute(suite, wrong, killedBy, true, SHORT)
      : kit.replayCounterexample(suite, wrong, { ...file, seed: 1, path: "", reason: "", program })
          .counterexample;
  if (made === undefined) throw new Error(`"${killedBy}" was not refuted`);
  foundBefore.set(toy, made);
  return made;
}

describe.each([
  { of: "an allocator", suite: kit.allocatorSuite, toys: toyAllocators },
  { of: "a heap", suite: kit.heapSuite, toys: toyHeaps },
] as readonly { of: string; suite: kit.Suite<unknown>; toys: readonly Toy[] }[])(
  "A script of $of",
  ({ suite, toys }) => {
    it("is looked at for every property that has programs", () => {
      const names = suite.properties.filter(({ programs }) => programs).map(({ name }) => name);
      expect(toys.map(({ killedBy }) => killedBy)).toEqual(names);
    });

    it.each(toys)("shows alone what is found, of the wrong one alone: $fault", (toy) => {
      const { script, reason, drawing } = found(suite, toy);
      const seen = observe(script, toy.wrong);
      expect(observe(script, toy.wrong)).toEqual(seen);
      expect(observe(script, toy.right)).not.toEqual(seen);
      expect(script.split("\n").at(-1)).toBe(`// ${reason.split("\n").at(-1)}`);
      expect(drawing?.svg).toMatch(/^<svg .*<\/svg>\n$/s);
    });
  },
);

describe("A script of an allocator", () => {
  const suite = kit.allocatorSuite as kit.Suite<unknown>;
  const scriptOf = (fault: string): string => {
    const toy = toyAllocators.find((each) => each.fault === fault) as Toy;
    return found(suite, toy).script;
  };

  it("writes a pattern into blocks only where what is found depends on it", () => {
    expect(scriptOf("writes into the youngest block")).toMatch(/^fill\(b2, 2\);$/m);
    expect(scriptOf("forgets the zeros")).toMatch(/^fill\(b\d, \d\);$/m);
    for (const fault of ["gives the third block twice", "walks past the first"]) {
      expect(scriptOf(fault)).not.toContain("fill");
    }
  });

  it("has calls that are refused only where what is found depends on them", () => {
    const script = scriptOf("takes a second free");
    expect(script.match(/allocator\.free\(b1\);/g)).toHaveLength(2);
    expect(script).not.toMatch(/^try/m);
    expect(scriptOf("gives again what was freed twice")).toMatch(
      /^try { allocator\.free\(b\d+\); } catch {}$/m,
    );
  });

  it("settles what the allocator left for later, where that is what breaks", () => {
    const make = () => ({
      ...pools.make(),
      settle() {
        throw new Error("it was freed before");
      },
    });
    const maker = { ...pools, name: "settles badly", make };
    const { script, drawing } = refute(kit.allocatorSuite, maker, kit.WALK, true);
    expect(observe(script, maker)).toEqual(["threw it was freed before"]);
    expect(drawing?.text).toContain("then settle(); threw: it was freed before:");
    const source = "const { heap, allocator } = other();";
    const { script: own } = refute(kit.allocatorSuite, { ...maker, source }, kit.WALK, true);
    expect(own.split("\n")[0]).toBe("const { heap, allocator, settle } = other();");
  });

  it("marks the blocks that a sweep keeps", () => {
    const script = scriptOf("writes when it sweeps");
    expect(script).toMatch(
      /^mark\(b1, b2, b3\);\nconsole\.log\(allocator\.beginSweep\(marks\)\);$/m,
    );
    expect(script).toMatch(/^console\.log\(changedAt\(b3, 3, 4\)\);$/m);
  });
});

it("A script of a heap has refused calls only where what is found depends on them", () => {
  const make: kit.HeapMaker["make"] = (options) => {
    const heap = createPrivateHeap({ reservationBytes: 9 * 2 ** 20, ...options });
    const walkArenas: typeof heap.walkArenas = (visit) => {
      const walked: Parameters<typeof visit>[] = [];
      heap.walkArenas((...each) => void walked.push(each));
      for (const each of walked.reverse()) visit(...each);
    };
    return Object.assign(Object.create(heap), { walkArenas });
  };
  const maker = { name: "walks back", returnsMemory: false, make };
  const property = kit.heapSuite.properties.find(({ name }) => name === kit.ARENA_WALK);
  const program: kit.HeapCommand[] = [
    { do: "release", borrower: 2, index: 1, count: 1 },
    { do: "reserve", borrower: 1, count: 1 },
    { do: "reserve", borrower: 1, count: 2 },
  ];
  const script = property?.script(program, maker) ?? "";
  expect(script).toContain("heap.reserveArenas(1, 1);");
  expect(script).not.toContain("releaseArenas");
});

it("A script of a heap that needs no call is made and looked at", () => {
  const make: kit.HeapMaker["make"] = (options) => {
    const heap = createPrivateHeap({ reservationBytes: 9 * 2 ** 20, ...options });
    const walkArenas: typeof heap.walkArenas = (visit) =>
      heap.walkArenas((arena, index) => visit(arena, index + 1));
    return Object.assign(Object.create(heap), { walkArenas });
  };
  const maker = { name: "walks one further", returnsMemory: false, make };
  const { script, reason } = refute(kit.heapSuite, maker, kit.ARENA_WALK, true);
  const play = new Function("maker", "console", `${script}\nreturn heap;`);
  const heap = play(maker, { log() {} }) as { arenaCount: number };
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
