// Scripts of what comes from outside: observers and callbacks that call back, throw and look, and
// memory used up. Run as they are printed they show by themselves what went wrong.

import type { Collection } from "@ouro/interfaces";
import { composeMemoryManager, cpythonStrategy } from "@ouro/memory-manager";
import { describe, expect, it } from "vitest";
import * as kit from "../src/index.js";
import { subjectsOf } from "./subjects.js";
import { type Fault, type ToyKind, toyStrategy } from "./toy-strategies.js";

type Manager = ReturnType<typeof composeMemoryManager>;

const makerOf = (make: kit.SubjectMaker): kit.ManagerMaker => ({ name: "wrong", make });

const managers = (plant: (manager: Manager) => kit.Subject, checked = false): kit.ManagerMaker =>
  makerOf(({ observer }) =>
    plant(
      composeMemoryManager({
        ...{ strategy: cpythonStrategy(), observer, checked, reservationBytes: 2 ** 26 },
      }),
    ),
  );

const toys = (kind: ToyKind, fault: Fault, plant = (subject: kit.Subject) => subject) =>
  makerOf((options) => plant(subjectsOf(toyStrategy(kind, fault))(options)));

/** Not shrunk, which is quicker: a script shows what it says either way. */
function refute(maker: kit.ManagerMaker, property: string) {
  const { verdicts } = kit.memoryManagerConformance(maker, {
    ...{ properties: [property], shrinks: false },
  });
  const found = verdicts[0]?.counterexample;
  if (found === undefined) throw new Error(`"${property}" was not refuted`);
  return found;
}

/** Runs a script; answers the manager that it made, and what it printed. */
function run(script: string, maker: kit.ManagerMaker) {
  const printed: string[] = [];
  const console = { log: (...words: unknown[]) => printed.push(words.join(" ")) };
  const play = new Function("maker", "console", `${script}\nreturn manager;`);
  return { manager: play(maker, console) as Manager, printed };
}

const commentsIn = (script: string): string[] =>
  script.split("\n").filter((line) => line.startsWith("//") && !line.startsWith("// maker"));

/** Lines that are said of an observer: one event, one time, one act. */
const TURN = /^ {2}if \(\+\+count === \d+\) /m;

describe("The observer of a script does the one act that mattered", () => {
  it("a collection inside of another one that examines", () => {
    const maker = managers((manager) => {
      const { mutator } = manager;
      let depth = 0;
      const collect: typeof mutator.collect = (generation) => {
        depth++;
        const collection = mutator.collect(generation);
        depth--;
        return depth === 0 ? collection : { ...collection, examinedCount: 1 };
      };
      return { ...manager, mutator: { ...mutator, collect } };
    });
    const { script, reason } = refute(maker, kit.ACTING_OBSERVER);
    expect(script).toMatch(/event\(code, object\) \{ if \(code === \d+\) heard\(object\); \}/);
    expect(script).toMatch(TURN);
    expect(script).not.toContain("prepare");
    expect(commentsIn(script)).toEqual([`// ${reason}`]);
    expect(run(script, maker).printed).toEqual(["examined 1"]);
  });

  it("the number of a dying object that is taken for a reference", () => {
    const maker = managers((manager) => {
      const { mutator } = manager;
      // Epochs stand above the words of a heap of this size.
      const setRoot: typeof mutator.setRoot = (slot, value) => {
        if (value <= 0 || value >= 2 ** 24) mutator.setRoot(slot, value);
      };
      return { ...manager, mutator: { ...mutator, setRoot } };
    }, true);
    const { script } = refute(maker, kit.ACTING_OBSERVER);
    expect(script.match(/prepare\(\);/g)?.length).toBeGreaterThan(0);
    expect(run(script, maker).printed).toEqual([
      expect.stringMatching(/^\d+ is taken for a reference$/),
    ]);
  });

  it("a look at which an object that is walked is none", () => {
    const { script } = refute(disowning, kit.LOOKING_OBSERVER);
    expect(script).toMatch(TURN);
    expect(() => run(script, disowning)).toThrow("it walks no object");
  });

  it("an error after which nothing is collected any more", () => {
    const maker = toys("tracing", "none", (subject) => {
      const { mutator } = subject;
      let isStuck = false;
      const collect: typeof mutator.collect = (generation) => {
        if (isStuck) return NOTHING;
        isStuck = true;
        const collection = mutator.collect(generation);
        isStuck = false;
        return collection;
      };
      return { ...subject, mutator: { ...mutator, collect } };
    });
    const { script, reason } = refute(maker, kit.THROWING_OBSERVER);
    expect(script).toMatch(TURN);
    expect(script).toContain("try { m.collect(); } catch {}");
    const liveCount = Number(/^(\d+) live/.exec(reason)?.[1]);
    expect(run(script, maker).manager.collector.statistics().liveCount).toBe(liveCount);
  });

  it("is handed to the maker's own source, and stands before a text with a comment", () => {
    const wrong = toys("tracing", "leaks rings");
    const source = (observer = "nobody") => `const manager = made(${observer});`;
    const { script } = refute({ ...wrong, source }, kit.EXACT);
    expect(script.split("\n")[0]).toBe("const manager = made(nobody);");
    const texts = [source, "const manager = made;"].map((each) =>
      kit.memoryManagerSuite.properties
        .find(({ name }) => name === kit.LOOKING_OBSERVER)
        ?.script(NEVER, { ...disowning, source: each })
        .split("\n")
        .slice(0, 3),
    );
    expect(texts[0]?.[0]).toBe("const manager = made({ event() { heard(); } });");
    expect(texts[1]).toEqual([
      "const observer = { event() { heard(); } };",
      "// what follows is to be made with this observer",
      "const manager = made;",
    ]);
  });
});

describe("The collection callback of a script does the one act that mattered", () => {
  it("an error after which a root is empty", () => {
    const maker = managers((manager) => {
      const { collector, mutator, roots } = manager;
      const { generations } = collector;
      if (generations === undefined) throw new Error("no such part");
      const push = (callback: (typeof generations.callbacks)[number]) =>
        generations.callbacks.push((phase, info) => {
          try {
            callback(phase, info);
          } catch {
            mutator.setRoot(roots.framesStart as never, 0 as never);
          }
        });
      const callbacks = Object.assign([], { push }) as typeof generations.callbacks;
      const watched = { ...generations, callbacks };
      return { ...manager, collector: { ...collector, generations: watched } };
    });
    const { script, reason, drawing } = refute(maker, kit.COLLECTION_CALLBACKS);
    // Without the callback nothing would be wrong in it.
    expect(drawing?.text).toContain("REACHABLE, AND FREED");
    expect(script).toMatch(/if \(\+\+count === \d+\) throw new Error/);
    expect(reason).toMatch(/root slot 0 holds/);
    const { manager } = run(script, maker);
    expect(manager.mutator.root(manager.roots.framesStart as never)).toBe(0);
  });
});

describe("A script of memory used up says what was really allocated", () => {
  const scripts = (kind: ToyKind, fault: Fault) => {
    const maker = toys(kind, fault);
    const found = refute(maker, kit.MEMORY);
    expect(found.script).toMatch(/^let ballast = useUp\(\d+, \[\[65536,\d+/m);
    expect(commentsIn(found.script).length).toBe(found.reason.split("\n").length);
    return { maker, ...found };
  };

  it("a request is refused though an object of its size was just dropped", () => {
    const { maker, script } = scripts("counting", "is full for good once it refused");
    expect(script).toMatch(/^manager\.heap\.setLimitBytes\(\d+\);\nm\.allocate/m);
    expect(() => run(script, maker)).toThrow(
      expect.objectContaining({ kind: "out-of-memory" }) as Error,
    );
  });

  it("an error that is none of the house", () => {
    const { maker, script } = scripts("tracing", "refuses with another error");
    expect(() => run(script, maker)).toThrow("no room");
  });

  it("one more is reclaimed than is gone", () => {
    const fault = "says that one more was reclaimed when it refuses";
    const { maker, script, reason } = scripts("tracing", fault);
    const told = /and (\d+) live, but (\d+) reclaimed/.exec(reason);
    const { liveCount, reclaimedCount } = run(script, maker).manager.collector.statistics();
    expect([liveCount, reclaimedCount]).toEqual([Number(told?.[1]), Number(told?.[2])]);
  });

  it("a word of a live object is another one", () => {
    const { maker, script } = scripts("tracing", "writes where it must not when it refuses");
    const { manager } = run(script, maker);
    const found: number[] = [];
    manager.collector.walk((object) => found.push(...manager.heap.words.slice(object, object + 4)));
    expect(found).toContain(-1);
  });
});

const NOTHING: Collection = {
  generation: 0,
  examinedCount: 0,
  promotedCount: 0,
  reclaimedCount: 0,
  reclaimedBytes: 0,
  resurrectedCount: 0,
  uncollectableCount: 0,
};

const NEVER = {
  commands: [{ do: "allocate", type: 0, length: 0, into: 0 }, { do: "collect" }],
  collectEvery: 0,
};

const disowning = toys("tracing", "none", (subject) => {
  const { collector, mutator } = subject;
  let isCollecting = false;
  const isObject: typeof collector.isObject = (word) => !isCollecting && collector.isObject(word);
  const collect: typeof mutator.collect = (generation) => {
    isCollecting = true;
    const collection = mutator.collect(generation);
    isCollecting = false;
    return collection;
  };
  return {
    ...subject,
    collector: { ...collector, isObject },
    mutator: { ...mutator, collect },
  };
});
