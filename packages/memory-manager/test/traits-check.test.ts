import { createPrivateHeap } from "@ouro/heap";
import {
  type Collector,
  EVENTS,
  type HeapImage,
  IncompatiblePartsError,
  type Strategy,
  type Traits,
  UsageError,
} from "@ouro/interfaces";
import { markSweepStrategy } from "@ouro/mark-sweep";
import { nullStrategy } from "@ouro/null";
import { defineType, describeType, ref } from "@ouro/object-model";
import { refcountStrategy } from "@ouro/refcount";
import { semispaceStrategy } from "@ouro/semispace";
import { describe, expect, it } from "vitest";
import {
  composeMemoryManager,
  cpythonFastStrategy,
  cpythonStrategy,
  createMemoryManager,
  type MemoryManager,
  type MemoryManagerOptions,
  trialDeletionStrategy,
  wholeHeapStrategy,
} from "../src/index.js";

const sound = nullStrategy();

/** The null strategy with other traits, and what becomes of its parts. */
function altered(traits: Partial<Traits>, create = sound.create): Strategy {
  return { name: "altered", traits: { ...sound.traits, ...traits }, create };
}

function refusalOf(strategy: Strategy): IncompatiblePartsError {
  try {
    composeMemoryManager({ strategy, reservationBytes: 8 << 20 });
  } catch (error) {
    if (error instanceof IncompatiblePartsError) return error;
    throw error;
  }
  throw new Error("it was composed");
}

describe("a memory manager refuses", () => {
  const cases: readonly [title: string, traits: Partial<Traits>, other: string, reason: RegExp][] =
    [
      [
        "counts without every hook",
        { counts: true, hooks: ["born", "write", "move", "drop"] },
        "mutator",
        /every event of a slot/,
      ],
      ["prompt death without writes", { death: "prompt" }, "mutator", /does not hear of writes/],
      [
        "exactness without cycles",
        { exact: true, cycles: "eventually" },
        "collector",
        /does not reclaim cycles/,
      ],
      ["moving at no safepoint", { moves: true, collectsAt: [] }, "mutator", /at no safepoint/],
      [
        "program code in place where nothing dies in place",
        { programCode: "in place" },
        "finalization",
        /nothing dies in place/,
      ],
      ["a side table of less than nothing", { sideBytesPerGranule: -1 }, "heap", /side table/],
      [
        "a side table that is not a number",
        { sideBytesPerGranule: Number.NaN },
        "heap",
        /side table/,
      ],
      [
        "more header bits than there are",
        {
          headerBits: [
            { name: "age", bitCount: 9 },
            { name: "colour", bitCount: 8 },
          ],
        },
        "object header",
        /"colour" do not fit/,
      ],
      [
        "header bits asked for twice",
        {
          headerBits: [
            { name: "age", bitCount: 1 },
            { name: "age", bitCount: 1 },
          ],
        },
        "object header",
        /twice for bits "age"/,
      ],
      [
        "less than a header bit",
        { headerBits: [{ name: "age", bitCount: -1 }] },
        "object header",
        /asks for -1 bits "age"/,
      ],
      [
        "a side table that is a text",
        { sideBytesPerGranule: "2" as unknown as number },
        "heap",
        /side table/,
      ],
      ["slices without a step", { slices: true }, "mutator", /its collector has no step/],
      ["a hook that the collector lacks", { hooks: ["copy"] }, "mutator", /barrier hook "copy"/],
    ];

  it.each(cases)("%s, and names both parts and the reason", (_title, traits, other, reason) => {
    const refusal = refusalOf(altered(traits));
    expect(refusal.parts).toEqual(["altered", other]);
    expect(refusal.message).toMatch(reason);
  });

  it("a hook that the traits do not name", () => {
    const strategy = altered({}, (parts) => ({ ...sound.create(parts), drop() {} }) as Collector);
    expect(refusalOf(strategy).message).toMatch(/hook "drop", and its traits do not name it/);
  });

  it("a step that the traits do not name", () => {
    const step = () => true;
    const strategy = altered({}, (parts) => ({ ...sound.create(parts), step }) as Collector);
    expect(refusalOf(strategy).message).toMatch(/has a step, and its traits do not say/);
  });

  it.each<[string, unknown, RegExp]>([
    ["no traits at all", undefined, /^altered and memory manager .* its traits are undefined/],
    [
      "a number of header bits",
      { ...sound.traits, headerBits: 3 },
      /traits\.headerBits is 3, not an/,
    ],
    [
      "header bits that are none",
      { ...sound.traits, headerBits: [3] },
      /3 is among traits\.headerBits/,
    ],
    ["hooks that are none", { ...sound.traits, hooks: undefined }, /traits\.hooks is undefined/],
    ["a choice left out", { ...sound.traits, slices: undefined }, /traits\.slices is undefined/],
    [
      "header bits without a name",
      { ...sound.traits, headerBits: [{ bitCount: 1 }] },
      /among traits\.headerBits, which are \{ name/,
    ],
    ...(
      [
        ["collectsAt", ["collect", "allocat"], "allocate, poll, collect"],
        ["hooks", ["wrte"], "born, write, move, copy, drop"],
        ["cycles", "now", "never, eventually, full collection"],
        ["cyclesThrough", "slots", "all slots, visited slots"],
        ["death", "promptly", "prompt, safepoint, collection"],
        ["programCode", "inplace", "in place, at safepoints"],
        ["finalizationOrder", "python", "cpython, weak references first"],
        ["collectionOrder", "none", "age, any"],
      ] as const
    ).map(([key, word, known]): [string, unknown, RegExp] => [
      `a word that trait ${key} does not know`,
      { ...sound.traits, [key]: word },
      new RegExp(`traits\\.${key}: the text "${[word].flat().at(-1)}" is none of ${known}`),
    ]),
    [
      "a trait in words left out",
      { ...sound.traits, death: undefined },
      /traits\.death: left out is none of prompt/,
    ],
  ])("a strategy with %s", (_title, traits, reason) => {
    const strategy = { ...sound, name: "altered", traits: traits as Traits };
    expect(refusalOf(strategy).message).toMatch(reason);
  });

  it.each([
    ["nothing", undefined, "strategy is no strategy"],
    ["a preset's name", "mark-sweep", 'strategy "mark-sweep" is no strategy'],
  ])("%s for a strategy", (_title, strategy, message) => {
    const compose = () => composeMemoryManager({ strategy: strategy as unknown as Strategy });
    expect(compose).toThrow(UsageError);
    expect(compose).toThrow(message);
  });
});

it("An option that there is not is refused, by name, with those that there are", () => {
  const options = { strategy: sound, reservation: 8 << 20 };
  const compose = () => composeMemoryManager(options as MemoryManagerOptions);
  expect(compose).toThrow(UsageError);
  expect(compose).toThrow(/option reservation is not known. Options: strategy, heap, reservationB/);
});

it.each<[string, object, RegExp]>([
  ["a heap that is none", { heap: {} }, /option heap is an Object, .* as createPrivateHeap makes/],
  [
    "a misspelt choice of checks",
    { checked: { site: true } },
    /\(checked\): option site is not kn/,
  ],
  ["sites neither on nor off", { checked: { sites: 1 } }, /option checked\.sites is 1/],
  ["checks neither on nor off", { checked: "yes" }, /option checked is the text "yes"/],
  ["a number for a function", { onHandleLeak: 5 }, /option onHandleLeak is 5, .* Give a function/],
  ["a number for a name", { name: 5 }, /option name is 5, .* Give a text/],
  ["an observer that hears nothing", { observer: {} }, /option observer is an Object, .* an obs/],
  [
    "a function for the events that an observer wants",
    { observer: { event() {}, wants: () => true } },
    /option observer\.wants is a function, .* a list of codes of events/,
  ],
  [
    "an event by its name",
    { memoryObserver: { event() {}, wants: [1, "pool-create"] } },
    /option memoryObserver\.wants is the text "pool-create", .* Give codes of events/,
  ],
  [
    "an event that there is not",
    { observer: { event() {}, wants: [EVENTS.length + 1] } },
    /option observer\.wants is \d+, which it cannot be/,
  ],
  ["tracing neither on nor off", { tracemalloc: "on" }, /option tracemalloc is the text "on"/],
  [
    "a misspelt table of sites",
    { tracemalloc: { site: 1 } },
    /\(tracemalloc\): option site is not/,
  ],
  [
    "sites that are none",
    { tracemalloc: { sites: 4 } },
    /option tracemalloc\.sites is 4, .* as cre/,
  ],
])("Of the options of a memory manager it is refused by name: %s", (_title, options, message) => {
  const compose = () => composeMemoryManager({ strategy: sound, ...options });
  expect(compose).toThrow(UsageError);
  expect(compose).toThrow(message);
});

it.each(["limitBytes", "reservationBytes"])(
  "%s is refused beside a heap that has its own",
  (key) => {
    const heap = createPrivateHeap({ reservationBytes: 32 << 20, regionBytes: 4 << 20 });
    const compose = () => composeMemoryManager({ strategy: sound, heap, [key]: 16 << 20 });
    expect(compose).toThrow(UsageError);
    expect(compose).toThrow(`option ${key} is of a heap of the manager's own`);
  },
);

it("A preset takes no other strategy", () => {
  const options = { strategy: sound, reservationBytes: 8 << 20 };
  expect(() => createMemoryManager("null", options)).toThrow(UsageError);
  expect(() => createMemoryManager("null", options)).toThrow(/option strategy is what the preset/);
});

it("A strategy without options refuses any", () => {
  const make = nullStrategy as (options: object) => Strategy;
  expect(() => make({ foo: 1 })).toThrow("nullStrategy: option foo is not known. There are none");
});

it.each([
  refcountStrategy,
  markSweepStrategy,
  semispaceStrategy,
  cpythonStrategy,
  cpythonFastStrategy,
  wholeHeapStrategy,
  trialDeletionStrategy,
] as readonly ((options: object) => Strategy)[])("%o refuses an option that it has not", (make) => {
  expect(() => make({ groth: 2 })).toThrow(/option groth is not known. Options: /);
});

describe("two memory managers in one heap", () => {
  const sharedHeap = () => createPrivateHeap({ reservationBytes: 32 << 20, regionBytes: 4 << 20 });

  it("have two names: the second of the same name is refused, and the first works on", () => {
    const heap = sharedHeap();
    const first = composeMemoryManager({ strategy: sound, heap });
    const pair = first.defineType({ name: "pair", visitedSlotCount: 2 });
    const again = () => composeMemoryManager({ strategy: sound, heap });
    expect(again).toThrow(UsageError);
    expect(again).toThrow('name "manager" is that of another memory manager in this heap');
    const second = composeMemoryManager({ strategy: sound, heap, name: "second" });
    second.defineType({ name: "wide", visitedSlotCount: 9 });
    const frame = first.mutator.enter(1);
    const object = first.mutator.allocate(pair, frame);
    expect(second.mutator.enter(1)).not.toBe(frame);
    expect(first.mutator.typeOf(object)).toBe(pair);
    for (const manager of [first, second]) manager.validate();
  });

  it("may have the name of one that was refused", () => {
    const heap = sharedHeap();
    const faulty = altered({ hooks: ["copy"] });
    expect(() => composeMemoryManager({ strategy: faulty, heap })).toThrow(IncompatiblePartsError);
    composeMemoryManager({ strategy: sound, heap }).validate();
  });
});

describe("a type with a finalizer is refused, as no part runs it,", () => {
  const named = { name: "file", visitedSlotCount: 1, finalizer: true };
  const makeManager = () => composeMemoryManager({ strategy: sound, reservationBytes: 8 << 20 });
  const imageWith = (types: HeapImage["types"]): HeapImage => ({
    ...makeManager().saveHeap(),
    types,
  });

  it.each<[string, (manager: MemoryManager) => void]>([
    ["by the manager", (manager) => manager.defineType(named)],
    ["by its type table", (manager) => manager.types.define(describeType(named))],
    [
      "by a typed facade",
      (manager) => defineType({ name: "file", fields: { path: ref }, finalizer: true }).in(manager),
    ],
    [
      "by an image, of which then nothing is defined",
      (manager) =>
        manager.restoreHeap(imageWith([describeType({ name: "leaf" }), describeType(named)])),
    ],
  ])("%s", (_title, define) => {
    const manager = makeManager();
    expect(() => define(manager)).toThrow(IncompatiblePartsError);
    expect(manager.types.count).toBe(0);
    const { finalizer: _, ...plain } = named;
    expect(manager.types.descriptor(manager.defineType(plain)).name).toBe("file");
  });
});

it.each([undefined, {}, new Uint8Array(64)])(
  "An image that is none is refused before its types are looked at: %o",
  (image) => {
    const manager = composeMemoryManager({ strategy: sound, reservationBytes: 8 << 20 });
    expect(() => manager.restoreHeap(image as never)).toThrow(UsageError);
  },
);

describe("header bits", () => {
  it("lie above the type, in the order in which the traits name them", () => {
    const masks: number[] = [];
    const headerBits = [
      { name: "age", bitCount: 2 },
      { name: "seen", bitCount: 14 },
    ];
    const strategy = altered({ headerBits }, (parts) => {
      masks.push(parts.headerMask("age"), parts.headerMask("seen"));
      expect(() => parts.headerMask("colour")).toThrow(UsageError);
      return sound.create(parts);
    });
    composeMemoryManager({ strategy, reservationBytes: 8 << 20 });
    expect(masks).toEqual([0x3 << 16, 0xfffc << 16]);
  });
});

describe("a side table", () => {
  it("has the bytes that the traits ask for, for every granule that can be lent", () => {
    const sizes: number[] = [];
    for (const sideBytesPerGranule of [0, 1 / 8, 1]) {
      const strategy = altered({ sideBytesPerGranule }, (parts) => {
        const granules = (parts.heap.arenaCount - parts.heap.firstArenaIndex) * 65536;
        sizes.push((parts.sideTable.sizeWords * 4) / granules);
        return sound.create(parts);
      });
      composeMemoryManager({ strategy, reservationBytes: 32 << 20 });
    }
    expect(sizes).toEqual([0, 1 / 8, 1]);
  });
});
