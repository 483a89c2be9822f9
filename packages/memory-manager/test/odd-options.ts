// What no program in TypeScript passes to what composes and to what is asked of a manager in any
// mode, and one in JavaScript does: each odd thing in the place of options, of each option, of a
// preset, a manager, an object. It is refused by an error of the house that names the call; but for
// a few that are no fault where they stand.

import { createGrowthTrigger } from "@ouro/generational";
import { immediateOf, isOuroError, type Strategy, slotAt } from "@ouro/interfaces";
import { markSweepStrategy } from "@ouro/mark-sweep";
import type * as Managers from "@ouro/memory-manager";
import { nullStrategy } from "@ouro/null";
import { describeType, findOrDefineType } from "@ouro/object-model";
import {
  findLeaks,
  isImmortal,
  makeImmortal,
  refcountStrategy,
  referenceCount,
} from "@ouro/refcount";
import { semispaceStrategy } from "@ouro/semispace";

export type ManagerParts = Pick<
  typeof Managers,
  | "composeMemoryManager"
  | "cpythonFastStrategy"
  | "cpythonStrategy"
  | "createGc"
  | "createMemoryManager"
  | "trialDeletionStrategy"
  | "wholeHeapStrategy"
>;

const ODD_THINGS: Readonly<Record<string, unknown>> = {
  undefined: undefined,
  null: null,
  'the text "x"': "x",
  "the BigInt 1n": 1n,
  NaN: Number.NaN,
  "1.5": 1.5,
  "-1": -1,
  Infinity: Number.POSITIVE_INFINITY,
  true: true,
  "a function": () => {},
  "an object": {},
  "an object without a prototype": Object.create(null),
  "a symbol": Symbol("odd"),
};

/** As if it were left out. */
const ABSENT = ["undefined"];
const OBJECTS = ["an object", "an object without a prototype"];
const FLAG = [...ABSENT, "true"];
const CALL = [...ABSENT, "a function"];

export interface OddOption {
  /** What errors begin with; behind a comma what the odd thing stands for. */
  readonly name: string;
  /** What errors begin with, where it is not the name. */
  readonly says?: string;
  readonly allowed?: readonly string[];
  readonly call: (parts: ManagerParts, odd: never) => unknown;
}

const RESERVATION = { reservationBytes: 8 << 20 } as const;
const sound = nullStrategy();

const manager = ({ composeMemoryManager }: ManagerParts, strategy: Strategy, given = {}) =>
  composeMemoryManager({ ...RESERVATION, ...given, strategy });

const counting = (parts: ManagerParts) => manager(parts, refcountStrategy());

/** An option of a factory of strategies, which are made and not yet composed. */
function ofStrategy(
  name: string,
  make: (parts: ManagerParts) => (options: never) => unknown,
  options: Readonly<Record<string, readonly string[]>>,
): OddOption[] {
  return [
    {
      name,
      allowed: [...ABSENT, ...OBJECTS],
      call: (parts, odd) => make(parts)(odd),
    },
    ...Object.entries(options).map(([option, allowed]) => ({
      name: `${name}, ${option}`,
      allowed: [...ABSENT, ...allowed],
      call: (parts: ManagerParts, odd: never) => make(parts)({ [option]: odd } as never),
    })),
  ];
}

const GENERATIONS = { version: [], thresholds: [], emptiesWeakReferencesAgain: ["true"] } as const;
const REPORTER = { onProgramError: ["a function"] } as const;
/** Numbers are looked at when the trigger is made. */
const LATER = Object.keys(ODD_THINGS);

const strategies: readonly OddOption[] = [
  ...ofStrategy("nullStrategy", () => nullStrategy as never, {}),
  ...ofStrategy("refcountStrategy", () => refcountStrategy, { freeListMaxima: OBJECTS }),
  ...ofStrategy("markSweepStrategy", () => markSweepStrategy, {
    ...{ growthFactor: ["1.5"], minimumBudgetBytes: [], markStackWords: [] },
  }),
  ...ofStrategy("semispaceStrategy", () => semispaceStrategy, {
    ...{ growthFactor: ["1.5"], minimumBytes: [], poisonFromSpace: ["true"] },
    collectionIntervalCount: [],
  }),
  ...ofStrategy("cpythonStrategy", ({ cpythonStrategy }) => cpythonStrategy, {
    ...{ ...GENERATIONS, ...REPORTER, createDetector: ["a function"] },
  }),
  ...ofStrategy("cpythonFastStrategy", ({ cpythonFastStrategy }) => cpythonFastStrategy, {
    ...{ ...GENERATIONS, ...REPORTER },
  }),
  ...ofStrategy("wholeHeapStrategy", ({ wholeHeapStrategy }) => wholeHeapStrategy, {
    ...{ ...REPORTER, growthFactor: LATER },
  }),
  ...ofStrategy("trialDeletionStrategy", ({ trialDeletionStrategy }) => trialDeletionStrategy, {
    ...{ ...REPORTER, growthFactor: LATER },
  }),
  ...["young", "middle", "old"].map((each) => ({
    name: `cpythonStrategy, thresholds.${each}`,
    call: ({ cpythonStrategy }: ManagerParts, odd: never) =>
      cpythonStrategy({ thresholds: { young: 9, middle: 9, old: 9, [each]: odd } }),
  })),
  {
    name: "createGrowthTrigger, growthFactor",
    allowed: [...ABSENT, "1.5"],
    call: (_, growthFactor) => createGrowthTrigger({ liveBytes: () => 0, growthFactor }),
  },
];

const composition: readonly OddOption[] = [
  { name: "composeMemoryManager", call: (parts, odd) => parts.composeMemoryManager(odd) },
  {
    name: "composeMemoryManager, strategy",
    call: ({ composeMemoryManager }, strategy) => composeMemoryManager({ strategy }),
  },
  {
    name: "composeMemoryManager, what the strategy's create makes",
    says: "altered and memory manager do not fit",
    call: (parts, odd) => manager(parts, { ...sound, name: "altered", create: () => odd }),
  },
  {
    name: "composeMemoryManager, the strategy's name",
    says: "a strategy without a name and memory manager do not fit",
    allowed: ['the text "x"'],
    call: (parts, name) => manager(parts, { ...sound, name }),
  },
  {
    name: "createMemoryManager, preset",
    allowed: ABSENT,
    call: ({ createMemoryManager }, odd) => createMemoryManager(odd, RESERVATION),
  },
  {
    name: "createMemoryManager, options",
    says: "composeMemoryManager",
    allowed: [...ABSENT, ...OBJECTS, "null"],
    call: ({ createMemoryManager }, odd) => createMemoryManager("null", odd),
  },
  {
    name: "createGc",
    call: ({ createGc }, odd) => createGc(odd),
  },
  {
    name: "createGc, options",
    allowed: [...ABSENT, ...OBJECTS],
    call: (parts, odd) => parts.createGc(manager(parts, parts.cpythonStrategy()), odd),
  },
  {
    name: "createGc, write",
    allowed: CALL,
    call: (parts, write) => parts.createGc(manager(parts, parts.cpythonStrategy()), { write }),
  },
  {
    name: "composeMemoryManager, checked",
    allowed: FLAG,
    call: (parts, checked) => manager(parts, sound, { checked }),
  },
];

const DESCRIPTOR = {
  visitedSlotCount: [],
  ownedSlotCount: [],
  rawWordCount: [],
  variablePart: [],
  visitOrder: [],
  releaseOrder: [],
  untracking: [],
  collected: ["true"],
  acyclic: ["true"],
  weaklyReferable: ["true"],
  clearable: ["true"],
} as const;

const types: readonly OddOption[] = [
  { name: "defineType", call: (parts, odd) => manager(parts, sound).defineType(odd) },
  {
    name: "defineType, name",
    allowed: ['the text "x"'],
    call: (parts, name) => manager(parts, sound).defineType({ name }),
  },
  ...Object.entries(DESCRIPTOR).map(([key, allowed]) => ({
    name: `defineType, ${key}`,
    allowed: [...ABSENT, ...allowed],
    call: (parts: ManagerParts, odd: never) =>
      manager(parts, sound).defineType({ name: "node", [key]: odd }),
  })),
  {
    name: "defineType, of another slot count than before",
    says: "defineType",
    call(parts, visitedSlotCount) {
      const { types: table } = manager(parts, sound);
      table.define(describeType({ name: "node", visitedSlotCount: 3 }));
      return findOrDefineType(table, { name: "node", visitedSlotCount });
    },
  },
  {
    name: "immediateOf",
    allowed: ["-1"],
    call: (_, odd) => immediateOf(odd),
  },
  {
    name: "allocateArray, a length in fast mode",
    call(parts, length) {
      const { mutator, defineType } = manager(parts, sound);
      const list = defineType({ name: "list", variablePart: "visited" });
      return mutator.allocateArray(list, length, mutator.enter(1));
    },
  },
  {
    name: "restoreHeap, a version",
    says: "heap image",
    call(parts, version) {
      const { saveHeap, restoreHeap } = manager(parts, sound);
      return restoreHeap({ ...saveHeap(), version });
    },
  },
];

const counts: readonly OddOption[] = [
  ...[referenceCount, makeImmortal, isImmortal].map((ask) => ({
    name: `${ask.name}, an object`,
    says: ask === isImmortal ? "referenceCount" : ask.name,
    call: (parts: ManagerParts, odd: never) => ask(counting(parts), odd),
  })),
  { name: "referenceCount", call: (_, odd) => referenceCount(odd, 4 as never) },
  { name: "findLeaks", call: (_, odd) => findLeaks(odd) },
  {
    name: "gc.isTracked",
    call: (parts, odd) => parts.createGc(manager(parts, parts.cpythonStrategy())).isTracked(odd),
  },
];

type WeakScene = ReturnType<typeof weakScene>;

/** A checked manager; what may be weakly referred to in slot `frame`, two more slots. */
function weakScene(parts: ManagerParts) {
  const given = { checked: true, tracemalloc: true };
  const made = manager(parts, parts.cpythonStrategy(), given);
  const node = { name: "node", visitedSlotCount: 1, weaklyReferable: true, finalizer: true };
  const type = made.defineType(node);
  const frame = made.mutator.enter(3);
  made.mutator.allocate(type, frame);
  const { weakReferences, finalization, tracemalloc } = made;
  if (!weakReferences || !finalization || !tracemalloc) throw new Error("a part is missing");
  return { weakReferences, finalization, tracemalloc, type, frame, other: slotAt(frame, 1) };
}

const ofScene = (
  name: string,
  call: (scene: WeakScene, odd: never) => unknown,
  allowed: readonly string[] = [],
): OddOption => ({ name, allowed, call: (parts, odd) => call(weakScene(parts), odd) });

const FUNCTION = ["a function"];

const weak: readonly OddOption[] = [
  ofScene("weakReferences.create, into", ({ weakReferences, frame }, odd) =>
    weakReferences.create(odd, frame),
  ),
  ofScene("weakReferences.create, of", ({ weakReferences, other }, odd) =>
    weakReferences.create(other, odd),
  ),
  ofScene(
    "weakReferences.create, callback",
    ({ weakReferences, frame, other }, odd) => weakReferences.create(other, frame, odd),
    CALL,
  ),
  ofScene("weakReferences.createWith, callable", ({ weakReferences, frame, other }, odd) =>
    weakReferences.createWith(other, frame, odd),
  ),
  ofScene("weakReferences.strengthen, into", ({ weakReferences, frame }, odd) =>
    weakReferences.strengthen(odd, frame),
  ),
  ofScene(
    "setFinalizer",
    ({ finalization, type }, odd) => finalization.setFinalizer(type, odd),
    FUNCTION,
  ),
  ofScene(
    "setCallable",
    ({ finalization, type }, odd) => finalization.setCallable(type, odd),
    FUNCTION,
  ),
  ofScene(
    "setErrorReporter",
    ({ finalization }, odd) => finalization.setErrorReporter(odd),
    FUNCTION,
  ),
  ofScene("tracemalloc.getObjectTraceback", ({ tracemalloc }, odd) =>
    tracemalloc.getObjectTraceback(odd),
  ),
];

export const ODD_OPTIONS: readonly OddOption[] = [
  ...[...strategies, ...composition, ...types],
  ...[...counts, ...weak],
];

const NOT_REFUSED = "it was not refused";

/** What is wrong with what a call says to odd things; empty when nothing is. */
export function oddOptionFlawsOf(
  { name, says = name.split(",")[0] as string, allowed, call }: OddOption,
  parts: ManagerParts,
): string[] {
  const flaws: string[] = [];
  for (const [thing, odd] of Object.entries(ODD_THINGS)) {
    const flaw = flawOf(says, () => call(parts, odd as never));
    if (flaw === undefined || (flaw === NOT_REFUSED && allowed?.includes(thing))) continue;
    flaws.push(`${thing}: ${flaw}`);
  }
  return flaws;
}

function flawOf(says: string, call: () => unknown): string | undefined {
  try {
    call();
    return NOT_REFUSED;
  } catch (error) {
    if (!isOuroError(error)) return `it threw ${error}`;
    return error.message.startsWith(says) ? undefined : `it says: ${error.message}`;
  }
}
