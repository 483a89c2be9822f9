// Each trait with a declaration that says too much of it and one that says too little, and how a
// suite tells: it refutes what is false, and warns of what nothing showed or what is left unsaid.
// Where there are two words for it, and none of them says more, both are false of the other.

import { type Slot, type Strategy, slotAt, type Traits, type WeakCallback } from "@ouro/interfaces";
import { markSweepStrategy } from "@ouro/mark-sweep";
import { composeMemoryManager, cpythonFastStrategy, cpythonStrategy } from "@ouro/memory-manager";
import type { CollectorMaker, ManagerMaker, Subject } from "../../src/index.js";
import * as kit from "../../src/index.js";
import { subjectsOf } from "../subjects.js";
import { toyStrategy } from "../toy-strategies.js";

export interface TraitRow {
  readonly trait: keyof Traits;
  readonly is: "false" | "unsaid" | "unseen";
  readonly declared: string;
  readonly truth: string;
  /** The property that refutes it, or a piece of the warning. */
  readonly found: { readonly refutedBy: string } | { readonly warning: string };
  readonly maker: ManagerMaker | CollectorMaker;
}

/** Properties that take the notes from which warnings are made. */
export const NOTING: readonly string[] = [
  kit.MOVES_AS_SAID,
  kit.COLLECTS_AS_SAID,
  kit.HEADER_AS_SAID,
  kit.RESURRECTS_AS_SAID,
  kit.FINALIZERS,
  kit.FINALIZATION_ORDER,
];

type Plant = (subject: Subject) => Subject;

function says(strategy: () => Strategy, traits: Partial<Traits>, plant: Plant = (same) => same) {
  const make: ManagerMaker["make"] = (options) => {
    const subject = plant(subjectsOf(strategy())(options));
    const { collector } = subject;
    const told = { ...collector.traits, ...traits };
    return { ...subject, collector: { ...collector, traits: told } };
  };
  return { name: `${strategy().name}, as declared`, make };
}

const tracing = () => toyStrategy("tracing");
const moving = () => toyStrategy("moving");
const counting = () => toyStrategy("counting");
const leaking = () => toyStrategy("tracing", "leaks rings");

/** Declares other traits to whoever composes, so that it is handed what it declares. */
function collectorOf(strategy: () => Strategy, traits: Partial<Traits>): CollectorMaker {
  return {
    strategy: () => ({ ...strategy(), traits: { ...strategy().traits, ...traits } }),
    compose: (made, { observer }) =>
      composeMemoryManager({ strategy: made, observer, reservationBytes: 2 ** 26 }),
  };
}

const withoutHook: Plant = (subject) => {
  const { born: _, ...collector } = subject.collector;
  return { ...subject, collector };
};

const withHook: Plant = (subject) => ({
  ...subject,
  collector: { ...subject.collector, drop() {} },
});

const withStep: Plant = (subject) => ({
  ...subject,
  collector: { ...subject.collector, step: () => true },
});

/** Every poll is counted as a collection. */
const collectingInPolls: Plant = (subject) => {
  let collectionCount = 0;
  const { collector, mutator } = subject;
  const statistics = () => ({ ...collector.statistics(), collectionCount });
  const poll = () => {
    collectionCount++;
    mutator.poll();
  };
  return { ...subject, collector: { ...collector, statistics }, mutator: { ...mutator, poll } };
};

const settingBits: Plant = (subject) => {
  const { mutator, heap } = subject;
  const allocate: typeof mutator.allocate = (type, into) => {
    const object = mutator.allocate(type, into);
    heap.words[object + 1] = type | (1 << 20);
    return object;
  };
  return { ...subject, mutator: { ...mutator, allocate } };
};

/** A poll reclaims acyclic garbage too, unnoticed by the count of collections. */
const dyingInPolls: Plant = (subject) => {
  const { mutator } = subject;
  const poll = () => {
    mutator.poll();
    mutator.collect();
  };
  return { ...subject, mutator: { ...mutator, poll } };
};

/** Program code that would run in place is lost. */
const codeAtSafepoints: Plant = (subject) => {
  const { mutator, collector } = subject;
  const { finalization } = collector;
  if (finalization === undefined) return subject;
  let depth = 0;
  const waiting: (() => void)[] = [];
  const inside = <Arguments extends unknown[], Result>(call: (...given: Arguments) => Result) => {
    return (...given: Arguments): Result => {
      depth++;
      try {
        for (const callback of waiting.splice(0)) callback();
        return call(...given);
      } finally {
        depth--;
      }
    };
  };
  const { setFinalizer } = finalization;
  finalization.setFinalizer = (type, finalizer) =>
    setFinalizer(type, (slot) => {
      if (depth > 0) finalizer(slot);
    });
  const { weakReferences } = subject;
  const later =
    (callback: WeakCallback): WeakCallback =>
    (...given) => {
      if (depth > 0) callback(...given);
      else waiting.push(() => callback(...given));
    };
  const create: NonNullable<typeof weakReferences>["create"] = (into, of, callback) =>
    weakReferences?.create(into, of, callback && later(callback)) as never;
  return {
    ...subject,
    weakReferences: { create },
    mutator: {
      ...mutator,
      allocate: inside(mutator.allocate),
      collect: inside(mutator.collect),
      poll: inside(mutator.poll),
    },
  };
};

/** What a finalizer stores in a root is gone after it. */
const losingStores: Plant = (subject) => {
  const { collector, mutator, roots } = subject;
  const { finalization } = collector;
  if (finalization === undefined) return subject;
  const { setFinalizer } = finalization;
  finalization.setFinalizer = (type, finalizer) =>
    setFinalizer(type, (slot) => {
      finalizer(slot);
      mutator.setRoot(slotAt(roots.framesStart as never, 1), 0);
    });
  return subject;
};

/** What dies by count loses its weak references before it is finalized. */
const callbacksFirst: Plant = (subject) => {
  const { collector, weakReferences, mutator } = subject;
  const { finalization } = collector;
  if (finalization === undefined || weakReferences === undefined) return subject;
  const callbacks = new Map<number, (() => void)[]>();
  const { setFinalizer } = finalization;
  finalization.setFinalizer = (type, finalizer) =>
    setFinalizer(type, (slot) => {
      for (const call of callbacks.get(mutator.root(slot)) ?? []) call();
      finalizer(slot);
    });
  const create: typeof weakReferences.create = (into, of, callback) => {
    if (callback === undefined) return weakReferences.create(into, of);
    let isDone = false;
    const once = (slot: Slot): void => {
      if (!isDone) callback(slot);
      isDone = true;
    };
    const target = mutator.root(of);
    callbacks.set(target, [...(callbacks.get(target) ?? []), () => once(into)]);
    return weakReferences.create(into, of, once);
  };
  return { ...subject, weakReferences: { create } };
};

const refuted = (refutedBy: string) => ({ refutedBy });
const warned = (warning: string) => ({ warning });

export const traitRows: readonly TraitRow[] = [
  {
    trait: "moves",
    is: "false",
    declared: "no",
    truth: "objects move",
    found: refuted(kit.MOVES_AS_SAID),
    maker: says(moving, { moves: false }),
  },
  {
    trait: "moves",
    is: "unseen",
    declared: "yes",
    truth: "none moves",
    found: warned("no object was seen to move"),
    maker: says(tracing, { moves: true }),
  },
  {
    trait: "collectsAt",
    is: "false",
    declared: "allocate, collect",
    truth: "polls collect as well",
    found: refuted(kit.COLLECTS_AS_SAID),
    maker: says(tracing, {}, collectingInPolls),
  },
  {
    trait: "collectsAt",
    is: "unseen",
    declared: "poll among them",
    truth: "polls do not collect",
    found: warned("collectsAt names poll"),
    maker: says(tracing, { collectsAt: ["allocate", "poll", "collect"] }),
  },
  {
    trait: "counts",
    is: "false",
    declared: "yes",
    truth: "word 0 is no count",
    found: refuted(kit.COUNTS),
    maker: says(tracing, { counts: true }),
  },
  {
    trait: "counts",
    is: "unsaid",
    declared: "no",
    truth: "word 0 is the count",
    found: warned("counts is not declared"),
    maker: says(counting, { counts: false }),
  },
  {
    trait: "cycles",
    is: "false",
    declared: "full collection",
    truth: "rings stay",
    found: refuted(kit.EXACT),
    maker: says(leaking, {}),
  },
  {
    trait: "cycles",
    is: "false",
    declared: "eventually",
    truth: "rings stay",
    found: refuted(kit.NOTHING_LEFT),
    maker: says(leaking, { cycles: "eventually", exact: false }),
  },
  {
    trait: "cycles",
    is: "unsaid",
    declared: "never",
    truth: "they go in each full collection",
    found: warned('cycles are declared to go "never"'),
    maker: says(tracing, { cycles: "never", exact: false }),
  },
  {
    trait: "cycles",
    is: "unsaid",
    declared: "eventually",
    truth: "they go in each full collection",
    found: warned('cycles are declared to go "eventually"'),
    maker: says(tracing, { cycles: "eventually", exact: false }),
  },
  {
    trait: "cyclesThrough",
    is: "false",
    declared: "all slots",
    truth: "owned-only slots hold",
    found: refuted(kit.EXACT),
    maker: says(cpythonStrategy, { cyclesThrough: "all slots" }),
  },
  {
    trait: "cyclesThrough",
    is: "unsaid",
    declared: "visited slots",
    truth: "owned-only slots do not hold",
    found: warned("cyclesThrough leaves owned-only slots out"),
    maker: says(tracing, { cyclesThrough: "visited slots" }),
  },
  {
    trait: "death",
    is: "false",
    declared: "prompt",
    truth: "the dead wait for a collection",
    found: refuted(kit.ACYCLIC),
    maker: says(tracing, { death: "prompt" }),
  },
  {
    trait: "death",
    is: "false",
    declared: "safepoint",
    truth: "the dead wait for a collection",
    found: refuted(kit.ACYCLIC),
    maker: says(tracing, { death: "safepoint" }),
  },
  {
    trait: "death",
    is: "unsaid",
    declared: "safepoint",
    truth: "prompt",
    found: warned('death is declared "safepoint", and garbage outside cycles always went in the'),
    maker: says(counting, { death: "safepoint" }),
  },
  {
    trait: "death",
    is: "unsaid",
    declared: "collection",
    truth: "prompt",
    found: warned("always went in the call that made it"),
    maker: says(counting, { death: "collection" }),
  },
  {
    trait: "death",
    is: "unsaid",
    declared: "collection",
    truth: "at the next poll",
    found: warned("always went at the next poll"),
    maker: says(tracing, {}, dyingInPolls),
  },
  {
    trait: "exact",
    is: "false",
    declared: "yes",
    truth: "something stays",
    found: refuted(kit.EXACT),
    maker: says(counting, { exact: true, cycles: "full collection" }),
  },
  {
    trait: "exact",
    is: "unsaid",
    declared: "no",
    truth: "nothing stays",
    found: warned("exact is not declared"),
    maker: says(tracing, { exact: false }),
  },
  {
    trait: "slices",
    is: "false",
    declared: "yes",
    truth: "there is no step",
    found: refuted(kit.HOOKS_AS_SAID),
    maker: says(tracing, { slices: true }),
  },
  {
    trait: "slices",
    is: "false",
    declared: "no",
    truth: "there is a step",
    found: refuted(kit.HOOKS_AS_SAID),
    maker: says(tracing, {}, withStep),
  },
  {
    trait: "programCode",
    is: "false",
    declared: "at safepoints",
    truth: "in place",
    found: refuted(kit.FINALIZATION_ORDER),
    maker: says(cpythonStrategy, { programCode: "at safepoints" }),
  },
  {
    trait: "programCode",
    is: "unseen",
    declared: "in place",
    truth: "at safepoints",
    found: warned("ran at safepoints only"),
    maker: says(cpythonStrategy, {}, codeAtSafepoints),
  },
  {
    trait: "finalizationOrder",
    is: "false",
    declared: "cpython",
    truth: "weak references first",
    found: refuted(kit.FINALIZATION_ORDER),
    maker: says(cpythonStrategy, { finalizationOrder: "cpython" }, callbacksFirst),
  },
  {
    trait: "finalizationOrder",
    is: "false",
    declared: "weak references first",
    truth: "cpython",
    found: refuted(kit.FINALIZATION_ORDER),
    maker: says(cpythonStrategy, { finalizationOrder: "weak references first" }),
  },
  {
    trait: "collectionOrder",
    is: "false",
    declared: "age",
    truth: "by address",
    found: refuted(kit.FINALIZATION_ORDER),
    maker: says(cpythonFastStrategy, { collectionOrder: "age" }),
  },
  {
    trait: "collectionOrder",
    is: "unsaid",
    declared: "any",
    truth: "age",
    found: warned("always finalized by age"),
    maker: says(cpythonStrategy, { collectionOrder: "any" }),
  },
  {
    trait: "resurrection",
    is: "false",
    declared: "yes",
    truth: "what a finalizer stored is lost",
    found: refuted(kit.RESURRECTS_AS_SAID),
    maker: says(cpythonStrategy, {}, losingStores),
  },
  {
    trait: "resurrection",
    is: "unsaid",
    declared: "no",
    truth: "what a finalizer stored lives on",
    found: warned("resurrection is not declared"),
    maker: says(cpythonStrategy, { resurrection: false }),
  },
  {
    trait: "hooks",
    is: "false",
    declared: "born among them",
    truth: "there is no such hook",
    found: refuted(kit.HOOKS_AS_SAID),
    maker: says(counting, {}, withoutHook),
  },
  {
    trait: "hooks",
    is: "false",
    declared: "none",
    truth: "there is a hook",
    found: refuted(kit.HOOKS_AS_SAID),
    maker: says(tracing, {}, withHook),
  },
  {
    trait: "headerBits",
    is: "false",
    declared: "none",
    truth: "a bit is set",
    found: refuted(kit.HEADER_AS_SAID),
    maker: says(tracing, {}, settingBits),
  },
  {
    trait: "headerBits",
    is: "unseen",
    declared: "one",
    truth: "none is set",
    found: warned("headerBits are asked for"),
    maker: says(tracing, { headerBits: [{ name: "mark", bitCount: 1 }] }),
  },
  {
    trait: "sideBytesPerGranule",
    is: "false",
    declared: "less than is used",
    truth: "words behind it are written",
    found: refuted(kit.SIDE_AS_SAID),
    maker: collectorOf(markSweepStrategy, { sideBytesPerGranule: 1 / 1024 }),
  },
  {
    trait: "sideBytesPerGranule",
    is: "unseen",
    declared: "1",
    truth: "nobody looks at it",
    found: warned("sideBytesPerGranule is declared"),
    maker: collectorOf(tracing, { sideBytesPerGranule: 1 }),
  },
];
