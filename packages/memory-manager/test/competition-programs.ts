// Programs in which finalizers compete for roots and slots, on a memory manager and on the model of
// CPython, compared after each command: what ran in which order, what was stored in the end, in
// which place of which generation everything is.

import {
  type Reference,
  type Slot,
  type Strategy,
  slotAt,
  type TypeId,
  type Value,
} from "@ouro/interfaces";
import { composeMemoryManager } from "@ouro/memory-manager";
import fc from "fast-check";
import { type Act, createCompetitionModel, type ModelNode } from "./competition-model.js";

/** Finalizers compete for the first ones; objects are made in any. */
const ROOT_COUNT = 5;
const CONTESTED_COUNT = 2;
const ID_FIELD = 2;
const NONE = 0 as Value;

export type CompetitionCommand =
  | { readonly do: "make"; readonly root: number; readonly act: Act | undefined }
  | {
      readonly do: "store";
      readonly from: number;
      readonly slot: 0 | 1;
      readonly to: number | undefined;
    }
  | { readonly do: "copy"; readonly root: number; readonly from: number }
  | { readonly do: "drop"; readonly root: number }
  | { readonly do: "ring" | "family"; readonly acts: readonly (Act | undefined)[] }
  | { readonly do: "collect"; readonly generation: number };

const root = fc.nat({ max: ROOT_COUNT - 1 });
const contested = fc.nat({ max: CONTESTED_COUNT - 1 });
const slot = fc.constantFrom(0 as const, 1 as const);
const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 1, arbitrary: fc.record({ do: fc.constant("nothing" as const) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constantFrom("take root" as const, "take root" as const, "drop root" as const),
      root: contested,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constantFrom("take slot" as const, "take slot" as const, "drop slot" as const),
      root: contested,
      slot,
    }),
  },
);
const actOrNone = fc.option(act, { nil: undefined, freq: 4 });
const command: fc.Arbitrary<CompetitionCommand> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant("make" as const), root, act: actOrNone }) },
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant("store" as const),
      ...{ from: root, slot, to: fc.option(root, { nil: undefined, freq: 5 }) },
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("copy" as const), root, from: root }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("drop" as const), root }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant("ring" as const),
      acts: fc.array(actOrNone, { minLength: 1, maxLength: 4 }),
    }),
  },
  // A parent with two children, which die with it.
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("family" as const),
      acts: fc.array(actOrNone, { minLength: 3, maxLength: 3 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant("collect" as const), generation: fc.nat({ max: 2 }) }),
  },
);

export const competitionPrograms = fc.array(command, { maxLength: 30, size: "max" });

/** Without cycles that finalizers do not make, and without collections: deaths by count alone. */
export const countedPrograms = competitionPrograms.map((commands) =>
  commands.filter((each) => each.do !== "collect" && each.do !== "ring"),
);

export interface Competitors {
  readonly strategy: Strategy;
  /** Compares lists and results of collections too. */
  readonly isByAge: boolean;
}

/** Throws at the first thing in which the memory manager differs from the model. */
export function playCompetition(
  commands: readonly CompetitionCommand[],
  { strategy, isByAge }: Competitors,
  onCompetition = (): void => {},
): void {
  const rig = createRig(strategy);
  const model = createCompetitionModel(ROOT_COUNT, rig.oldestGeneration);
  const play = (each: CompetitionCommand): void => {
    const before = rig.log.length;
    const seen = playOnManager(each, rig);
    const expected = playOnModel(each, model);
    if (isByAge) expectSame(seen, expected, `the result of ${JSON.stringify(each)}`);
    if (rig.log.length - before > 1) onCompetition();
    expectSame(rig.log, model.log, "finalizers that ran");
    expectSame(rig.describe(), describeModel(model.roots), "what roots reach");
    if (isByAge) expectSame(rig.lists(), listsOf(model), "the generations");
    rig.validate();
  };
  for (const each of commands) play(each);
  if (!isByAge) return;
  for (let round = 0; round < 3; round++) {
    for (let each = 0; each < ROOT_COUNT; each++) play({ do: "drop", root: each });
    play({ do: "collect", generation: 2 });
  }
}

function expectSame(found: unknown, expected: unknown, what: string): void {
  const [one, other] = [JSON.stringify(found), JSON.stringify(expected)];
  if (one !== other) throw new Error(`${what}: ${one}, and should be ${other}`);
}

// ── The memory manager ──────────────────────────────────────────────────────────────────────────

function createRig(strategy: Strategy) {
  const manager = composeMemoryManager({ strategy, reservationBytes: 2 ** 23 });
  const { mutator, finalization } = manager;
  const { generations } = manager.collector;
  if (finalization === undefined) throw new Error("competitors have finalizers");
  generations?.setEnabled(false);
  const shape = { visitedSlotCount: 2, rawWordCount: 1 };
  const plain = manager.defineType({ name: "plain", ...shape });
  const final = manager.defineType({ name: "final", ...shape, finalizer: true });
  const frame = mutator.enter(ROOT_COUNT + 2);
  const at = (index: number): Slot => slotAt(frame, index);
  const log: string[] = [];
  const acts = new Map<number, Act>();
  const idOf = (object: Reference): number => mutator.word(object, ID_FIELD);
  let madeCount = 0;

  finalization.setFinalizer(final, (self) => {
    const id = idOf(mutator.root(self) as Reference);
    log.push(`finalizer ${id}`);
    const what = acts.get(id);
    if (what === undefined || what.do === "nothing") return;
    const value = what.do.startsWith("take") ? mutator.root(self) : NONE;
    if (!("slot" in what)) mutator.setRoot(at(what.root), value);
    else store(what.root, what.slot, value);
  });

  function store(from: number, field: number, value: Value): void {
    const holder = mutator.root(at(from));
    if (holder !== NONE) mutator.set(holder as Reference, field, value);
  }

  /** Nodes in the order in which roots reach them, each with what its slots hold. */
  function describe(): string[] {
    const nameOf = (value: Value): string => (value === NONE ? "-" : String(idOf(value as never)));
    const pending = Array.from({ length: ROOT_COUNT }, (_, each) => mutator.root(at(each)));
    const lines = [pending.map(nameOf).join()];
    const seen = new Set<Value>([NONE]);
    for (let value = pending.shift(); value !== undefined; value = pending.shift()) {
      if (seen.has(value)) continue;
      seen.add(value);
      const held = [0, 1].map((each) => mutator.get(value as Reference, each));
      lines.push(`${nameOf(value)}: ${held.map(nameOf)}`);
      pending.push(...held);
    }
    return lines;
  }

  function lists(): number[][] {
    return [0, 1, 2].map((generation) => {
      const found: number[] = [];
      generations?.walk(generation, (object) => found.push(idOf(object)));
      return found;
    });
  }

  return {
    ...{
      mutator,
      generations,
      oldestGeneration: generations?.oldestGeneration ?? 0,
      at,
      log,
      store,
      describe,
      lists,
      validate: manager.validate,
    },
    make(index: number, what: Act | undefined): void {
      const type: TypeId = what === undefined ? plain : final;
      mutator.allocate(type, at(ROOT_COUNT));
      mutator.setWord(mutator.root(at(ROOT_COUNT)) as Reference, ID_FIELD, madeCount);
      if (what !== undefined) acts.set(madeCount, what);
      madeCount++;
      mutator.setRoot(at(index), mutator.root(at(ROOT_COUNT)));
      mutator.setRoot(at(ROOT_COUNT), NONE);
    },
  };
}

type Rig = ReturnType<typeof createRig>;
type Model = ReturnType<typeof createCompetitionModel>;

/** The roots that so many are made in: behind the contested ones, then over them. */
const ringRoots = (count: number): number[] =>
  Array.from({ length: count }, (_, each) => (CONTESTED_COUNT + each) % ROOT_COUNT);

interface Link {
  readonly from: number;
  readonly slot: 0 | 1;
  readonly to: number;
}

/** Each holds the next, and the last the first; or the first holds the two others. */
function linksOf(what: "ring" | "family", made: readonly number[]): Link[] {
  const [parent, ...children] = made as [number, ...number[]];
  if (what === "family") {
    return children.map((to, slot) => ({ from: parent, slot: slot as 0 | 1, to }));
  }
  return made.map((from, index) => ({ from, slot: 0, to: made[(index + 1) % made.length] ?? 0 }));
}

function playOnManager(next: CompetitionCommand, rig: Rig): number {
  const { mutator, at } = rig;
  switch (next.do) {
    case "make":
      rig.make(next.root, next.act);
      break;
    case "store":
      rig.store(next.from, next.slot, next.to === undefined ? NONE : mutator.root(at(next.to)));
      break;
    case "copy":
      mutator.setRoot(at(next.root), mutator.root(at(next.from)));
      break;
    case "drop":
      mutator.setRoot(at(next.root), NONE);
      break;
    case "ring":
    case "family": {
      const made = ringRoots(next.acts.length);
      for (const [each, index] of made.entries()) rig.make(index, next.acts[each]);
      for (const { from, slot: field, to } of linksOf(next.do, made)) {
        rig.store(from, field, mutator.root(at(to)));
      }
      for (const index of made.reverse()) mutator.setRoot(at(index), NONE);
      break;
    }
    case "collect":
      return rig.generations?.collect(Math.min(next.generation, rig.oldestGeneration)) ?? 0;
  }
  return 0;
}

function playOnModel(next: CompetitionCommand, model: Model): number {
  const { roots } = model;
  switch (next.do) {
    case "make":
      model.make(next.root, next.act);
      break;
    case "store":
      model.store(roots[next.from], next.slot, next.to === undefined ? undefined : roots[next.to]);
      break;
    case "copy":
      model.setRoot(next.root, roots[next.from]);
      break;
    case "drop":
      model.setRoot(next.root, undefined);
      break;
    case "ring":
    case "family": {
      const made = ringRoots(next.acts.length);
      for (const [each, index] of made.entries()) model.make(index, next.acts[each]);
      for (const { from, slot: field, to } of linksOf(next.do, made)) {
        model.store(roots[from], field, roots[to]);
      }
      for (const index of made.reverse()) model.setRoot(index, undefined);
      break;
    }
    case "collect":
      return model.collect(next.generation);
  }
  return 0;
}

function describeModel(roots: readonly (ModelNode | undefined)[]): string[] {
  const nameOf = (node: ModelNode | undefined): string => (node ? String(node.id) : "-");
  const pending = [...roots];
  const lines = [roots.map(nameOf).join()];
  const seen = new Set<ModelNode>();
  while (pending.length > 0) {
    const node = pending.shift();
    if (node === undefined || seen.has(node)) continue;
    seen.add(node);
    lines.push(`${nameOf(node)}: ${node.slots.map(nameOf)}`);
    pending.push(...node.slots);
  }
  return lines;
}

function listsOf({ generations }: Model): number[][] {
  return generations.map((list) => list.map(({ id }) => id));
}
