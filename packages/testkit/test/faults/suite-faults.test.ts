// Properties of the suite for memory managers that compare whole runs, watch traits, or bring a
// fault of their own: each is shown to fail on a planted fault, and warnings are shown to come.

import { type Collection, type Strategy, type Traits, TYPE_WORD_OFFSET } from "@ouro/interfaces";
import { composeMemoryManager, cpythonStrategy } from "@ouro/memory-manager";
import { describe, expect, it } from "vitest";
import type { ManagerMaker, Subject } from "../../src/index.js";
import * as kit from "../../src/index.js";
import { subjectsOf } from "../subjects.js";
import { toyStrategy } from "../toy-strategies.js";
import { traitRows } from "./trait-rows.js";

/** One of them here; all of them with OURO_LONG=1 (`npm run test:long`). */
const SEEDS_NOW = process.env.OURO_LONG === "1" ? [1, 20_26, -77_777] : [1];
const RUN_LIMIT = 100;

function managers(strategy: () => Strategy, plant = (subject: Subject) => subject): ManagerMaker {
  const { name } = strategy();
  return { name, make: (options) => plant(subjectsOf(strategy())(options)) };
}

const tracing = () => toyStrategy("tracing");

function withTraits(subject: Subject, traits: Partial<Traits>): Subject {
  const { collector } = subject;
  return { ...subject, collector: { ...collector, traits: { ...collector.traits, ...traits } } };
}

const NOTHING: Collection = {
  generation: 0,
  examinedCount: 0,
  promotedCount: 0,
  reclaimedCount: 0,
  reclaimedBytes: 0,
  resurrectedCount: 0,
  uncollectableCount: 0,
};

function emptyFirstRoot({ roots, heap, mutator }: Subject): void {
  const first = roots.framesStart;
  if (first < (heap.words[roots.topWord] as number)) mutator.setRoot(first as never, 0 as never);
}

interface SuiteFault {
  readonly fault: string;
  readonly killedBy: string;
  readonly maker: ManagerMaker;
}

const faults: readonly SuiteFault[] = [
  {
    fault: "swaps two slots when it collects",
    killedBy: kit.METAMORPHIC,
    maker: managers(() => toyStrategy("tracing", "swaps two slots when it collects")),
  },
  {
    fault: "empties a root when it collects its youngest generation",
    killedBy: kit.METAMORPHIC,
    maker: managers(cpythonStrategy, (subject) => {
      const { collector } = subject;
      const { generations } = collector;
      if (generations === undefined) return subject;
      const collect = (generation: number) => {
        const found = generations.collect(generation);
        if (generation === 0) emptyFirstRoot(subject);
        return found;
      };
      return { ...subject, collector: { ...collector, generations: { ...generations, collect } } };
    }),
  },
  {
    fault: "empties a root in every third collection",
    killedBy: kit.DEATHS_COLLECTED,
    maker: managers(cpythonStrategy, (subject) => {
      const { mutator } = subject;
      let count = 0;
      const collect = (generation?: number) => {
        const collection = mutator.collect(generation);
        if (++count % 3 === 0) emptyFirstRoot(subject);
        return collection;
      };
      return { ...subject, mutator: { ...mutator, collect } };
    }),
  },
  {
    fault: "says that it examined a thousand objects more",
    killedBy: kit.WORK,
    maker: managers(tracing, (subject) => {
      const { mutator } = subject;
      const collect = (generation?: number) => {
        const collection = mutator.collect(generation);
        return { ...collection, examinedCount: collection.examinedCount + 1000 };
      };
      return { ...subject, mutator: { ...mutator, collect } };
    }),
  },
  {
    fault: "keeps an arena for every large object",
    killedBy: kit.ROOM,
    maker: managers(() => toyStrategy("tracing", "keeps an arena for every large object")),
  },
  {
    fault: "moves, and its traits say that it does not",
    killedBy: kit.MOVES_AS_SAID,
    maker: managers(
      () => toyStrategy("moving"),
      (subject) => withTraits(subject, { moves: false }),
    ),
  },
  {
    fault: "collects in polls, and its traits do not say so",
    killedBy: kit.COLLECTS_AS_SAID,
    maker: managers(tracing, (subject) => {
      let collectionCount = 0;
      const { collector, mutator } = subject;
      const statistics = () => ({ ...collector.statistics(), collectionCount });
      const poll = () => {
        collectionCount++;
        mutator.poll();
      };
      return {
        ...subject,
        collector: { ...collector, statistics },
        mutator: { ...mutator, poll },
      };
    }),
  },
  {
    fault: "has a hook that its traits do not name",
    killedBy: kit.HOOKS_AS_SAID,
    maker: managers(tracing, (subject) => ({
      ...subject,
      collector: { ...subject.collector, drop() {} },
    })),
  },
  {
    fault: "sets a header bit that it did not ask for",
    killedBy: kit.HEADER_AS_SAID,
    maker: managers(tracing, (subject) => {
      const { mutator, heap } = subject;
      return {
        ...subject,
        mutator: {
          ...mutator,
          allocate(type, into) {
            const object = mutator.allocate(type, into);
            heap.words[object + TYPE_WORD_OFFSET] = type | (1 << 20);
            return object;
          },
        },
      };
    }),
  },
  {
    fault: "writes where it must not when it refuses",
    killedBy: kit.LOWERED_LIMIT,
    maker: managers(() => toyStrategy("tracing", "writes where it must not when it refuses")),
  },
  {
    fault: "disowns its objects while it collects",
    killedBy: kit.LOOKING_OBSERVER,
    maker: managers(tracing, (subject) => {
      let isCollecting = false;
      const { collector, mutator } = subject;
      return {
        ...subject,
        collector: {
          ...collector,
          isObject: (word) => !isCollecting && collector.isObject(word),
        },
        mutator: {
          ...mutator,
          collect() {
            isCollecting = true;
            const collection = mutator.collect();
            isCollecting = false;
            return collection;
          },
        },
      };
    }),
  },
  {
    fault: "never collects again once an observer threw",
    killedBy: kit.THROWING_OBSERVER,
    maker: managers(tracing, (subject) => {
      let isStuck = false;
      const { mutator } = subject;
      return {
        ...subject,
        mutator: {
          ...mutator,
          collect() {
            if (isStuck) return NOTHING;
            isStuck = true;
            const collection = mutator.collect();
            isStuck = false;
            return collection;
          },
        },
      };
    }),
  },
  {
    fault: "says that a collection inside of another examined an object",
    killedBy: kit.ACTING_OBSERVER,
    maker: managers(cpythonStrategy, (subject) => {
      const { mutator } = subject;
      let depth = 0;
      const collect: typeof mutator.collect = (generation) => {
        depth++;
        const collection = mutator.collect(generation);
        depth--;
        return depth === 0 ? collection : { ...collection, examinedCount: 1 };
      };
      return { ...subject, mutator: { ...mutator, collect } };
    }),
  },
  {
    fault: "takes the number of a dying object for a reference",
    killedBy: kit.ACTING_OBSERVER,
    maker: {
      name: "checked, but for setRoot",
      make: ({ observer }) => {
        const strategy = cpythonStrategy();
        const options = { strategy, observer, checked: true, reservationBytes: 2 ** 26 };
        const subject = composeMemoryManager(options);
        const { mutator } = subject;
        // Epochs stand above the words of a heap of this size.
        const setRoot: typeof mutator.setRoot = (slot, value) => {
          if (value <= 0 || value >= 2 ** 24) mutator.setRoot(slot, value);
        };
        return { ...subject, mutator: { ...mutator, setRoot } };
      },
    },
  },
  {
    fault: "empties a root when a collection callback throws",
    killedBy: kit.COLLECTION_CALLBACKS,
    maker: managers(cpythonStrategy, (subject) => {
      const { collector } = subject;
      const { generations } = collector;
      if (generations === undefined) return subject;
      const push = (callback: (typeof generations.callbacks)[number]) =>
        generations.callbacks.push((phase, info) => {
          try {
            callback(phase, info);
          } catch {
            emptyFirstRoot(subject);
          }
        });
      const callbacks = Object.assign([], { push }) as typeof generations.callbacks;
      return {
        ...subject,
        collector: { ...collector, generations: { ...generations, callbacks } },
      };
    }),
  },
  {
    fault: "refuses memory to program code with another error",
    killedBy: kit.PROGRAM_CODE,
    maker: managers(cpythonStrategy, (subject) => {
      const { mutator } = subject;
      const allocateArray: typeof mutator.allocateArray = (type, length, into) => {
        try {
          return mutator.allocateArray(type, length, into);
        } catch {
          throw new RangeError("no room");
        }
      };
      return { ...subject, mutator: { ...mutator, allocateArray } };
    }),
  },
  {
    fault: "runs each finalizer twice",
    killedBy: kit.FINALIZERS,
    maker: managers(cpythonStrategy, (subject) => {
      const { finalization } = subject.collector;
      if (finalization === undefined) return subject;
      const { setFinalizer } = finalization;
      finalization.setFinalizer = (type, finalizer) =>
        setFinalizer(type, (slot) => {
          finalizer(slot);
          finalizer(slot);
        });
      return subject;
    }),
  },
  {
    fault: "calls no weak reference back",
    killedBy: kit.WEAK_REFERENCES,
    maker: managers(cpythonStrategy, (subject) => {
      const { weakReferences } = subject;
      if (weakReferences === undefined) return subject;
      const create: typeof weakReferences.create = (into, of, callback) =>
        weakReferences.create(into, of, callback && (() => {}));
      return { ...subject, weakReferences: { ...weakReferences, create } };
    }),
  },
  {
    fault: "gives what a weak reference referred to once",
    killedBy: kit.WEAK_REFERENCES,
    maker: managers(cpythonStrategy, (subject) => {
      const { finalization } = subject.collector;
      if (finalization === undefined) return subject;
      const { targetOf } = finalization;
      const known = new Map<number, number>();
      finalization.targetOf = (weak) => {
        const target = targetOf(weak);
        if (target !== 0) known.set(weak, target);
        return (known.get(weak) ?? 0) as typeof target;
      };
      return subject;
    }),
  },
  {
    fault: "calls in CPython's order, and declares the other",
    killedBy: kit.FINALIZATION_ORDER,
    maker: managers(cpythonStrategy, (subject) =>
      withTraits(subject, { finalizationOrder: "weak references first" }),
    ),
  },
  {
    fault: "forgets errors of program code",
    killedBy: kit.PROGRAM_CODE,
    maker: managers(cpythonStrategy, (subject) => {
      const { collector } = subject;
      const finalization = { ...collector.finalization, programErrorCount: 0 };
      return { ...subject, collector: { ...collector, finalization } as typeof collector };
    }),
  },
  {
    fault: "says of each object that it begins one granule earlier",
    killedBy: kit.PLACES,
    maker: managers(tracing, (subject) => {
      const { collector } = subject;
      const walk: typeof collector.walk = (visit) => {
        collector.walk((object) => visit((object - 4) as typeof object));
      };
      return { ...subject, collector: { ...collector, walk } };
    }),
  },
  {
    fault: "keeps the young in their generation",
    killedBy: kit.AGES,
    maker: managers(cpythonStrategy, (subject) => {
      const { mutator } = subject;
      // Asked for the young, it does nothing.
      const collect: typeof mutator.collect = (generation) =>
        generation === 0 ? NOTHING : mutator.collect(generation);
      return { ...subject, mutator: { ...mutator, collect } };
    }),
  },
  {
    fault: "answers for a reference that is kept over a safepoint",
    killedBy: kit.STALE,
    maker: {
      name: "checked, but for typeOf",
      make: ({ observer }) => {
        const strategy = cpythonStrategy();
        const options = { strategy, observer, checked: true, reservationBytes: 2 ** 26 };
        const subject = composeMemoryManager(options);
        const { mutator } = subject;
        const typeOf: typeof mutator.typeOf = () => 1 as never;
        return { ...subject, mutator: { ...mutator, typeOf } };
      },
    },
  },
  {
    fault: "collects everything after every two hundred births",
    killedBy: kit.GROWTH,
    maker: managers(cpythonStrategy, (subject) => {
      const { mutator } = subject;
      let birthCount = 0;
      const allocate: typeof mutator.allocate = (type, into) => {
        if (++birthCount % 200 === 0) mutator.collect();
        return mutator.allocate(type, into);
      };
      return { ...subject, mutator: { ...mutator, allocate } };
    }),
  },
  {
    fault: "stores into another slot of objects of the second type",
    killedBy: kit.RENAMED,
    maker: managers(tracing, (subject) => {
      const { mutator } = subject;
      // What it stores into the first slot depends on the number of the type.
      const set: typeof mutator.set = (object, field, value) => {
        const isSecond = mutator.typeOf(object) === 2 && field === 0;
        mutator.set(object, isSecond ? 1 : field, value);
      };
      return { ...subject, mutator: { ...mutator, set } };
    }),
  },
  {
    fault: "marks by calling itself",
    killedBy: kit.DEEP,
    maker: managers(() => toyStrategy("tracing", "marks by calling itself")),
  },
  {
    fault: "decrements before it increments",
    killedBy: kit.SMALL_PROGRAMS,
    maker: managers(() => toyStrategy("counting", "decrements before it increments")),
  },
  {
    fault: "leaks rings",
    killedBy: kit.SMALL_HEAPS,
    maker: managers(() => toyStrategy("tracing", "leaks rings")),
  },
  {
    fault: "drops what lies three references from a root",
    killedBy: kit.SMALL_COLLECTIONS,
    maker: managers(() => toyStrategy("tracing", "drops what lies three references from a root")),
  },
];

describe("Each planted fault is killed by the property that is said to kill it", () => {
  it.each(faults)("$fault ($killedBy)", ({ killedBy, maker }) => {
    for (const seed of SEEDS_NOW) {
      const options = { properties: [killedBy], programCount: RUN_LIMIT, seed, shrinks: false };
      const { failCount, programCount } = kit.memoryManagerConformance(maker, options);
      expect(failCount, `seed ${seed}: it lived through ${programCount} programs`).toBe(1);
    }
  });
});

it("shows that each property can fail, with those that look after every command", () => {
  const ofTraits = traitRows.flatMap(({ found }) => ("refutedBy" in found ? found.refutedBy : []));
  const killedBy = faults.map((fault) => fault.killedBy);
  const killers = new Set([...killedBy, ...ofTraits, ...kit.PROPERTY_NAMES]);
  const alive = kit.memoryManagerSuite.properties.filter(({ name }) => !killers.has(name));
  expect(alive.map(({ name }) => name)).toEqual([]);
});

describe("A trait that says too little, or what nothing shows, is told", () => {
  const properties = [kit.MOVES_AS_SAID, kit.COLLECTS_AS_SAID, kit.HEADER_AS_SAID];
  const warningsOf = (maker: ManagerMaker) =>
    kit.memoryManagerConformance(maker, { properties, programCount: 14 }).warnings.join("\n");

  it("of exact, moves and header bits", () => {
    const traits = { exact: false, moves: true, headerBits: [{ name: "mark", bitCount: 1 }] };
    const text = warningsOf(managers(tracing, (subject) => withTraits(subject, traits)));
    expect(text).toContain("exact is not declared");
    expect(text).toContain("moves is declared, and no object was seen to move");
    expect(text).toContain("headerBits are asked for, and none was ever set");
  });

  it("of counts and death", () => {
    const traits: Partial<Traits> = { counts: false, death: "collection" };
    const counting = () => toyStrategy("counting");
    const text = warningsOf(managers(counting, (subject) => withTraits(subject, traits)));
    expect(text).toContain("counts is not declared");
    expect(text).toContain('death is declared "collection"');
  });
});
