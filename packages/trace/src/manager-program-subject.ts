// A memory manager as the machine of mutator programs: with all of CPython's parts as the subject
// of `runProgram`, any other as that of `runReachProgram`.

import {
  type Finalization,
  IncompatiblePartsError,
  type Reference,
  slotAt,
} from "@ouro/interfaces";
import { referenceCount } from "@ouro/refcount";
import type { MutatorProgram } from "./mutator-program.js";
import { createProgramHeap, type ProgramHeap } from "./program-heap.js";
import type { ProgramSubject, ReachSubject } from "./program-subject.js";
import type {
  MakeSubjectManager,
  SubjectManager,
  SubjectWeakReferences,
} from "./subject-manager.js";

/** CPython's thresholds at the start of every program, whatever the preset's own are. */
const START_THRESHOLDS = { young: 2000, middle: 10, old: 10 } as const;

/** A subject whose manager can be looked at. */
export interface ManagedSubject {
  readonly manager: SubjectManager;
  /** Names what an event or a slot refers to; −1 for none. */
  idOf(value: number): number;
  validate(): void;
}

/**
 * With room for the given program, else for a small one. Throws `IncompatiblePartsError` for a
 * manager without counts, finalization or generations, and what `make` throws.
 */
export function createProgramSubject(
  make: MakeSubjectManager,
  program?: Pick<MutatorProgram, "steps">,
): ProgramSubject & ManagedSubject {
  const heap = createProgramHeap(make, program);
  const { manager, idOf, referenceOf, rootSlot, valueNamed } = heap;
  const { mutator } = manager;
  const { finalization, weakReferences, generations } = partsOf(manager);
  return {
    ...managed(heap),
    ...weakOperations(heap, finalization, weakReferences),
    begin(host) {
      heap.setHost(host);
      generations.setThresholds(START_THRESHOLDS);
    },
    make: heap.make,
    makeTuple: heap.makeTuple,
    store: heap.store,
    setRoot: (root, value) => mutator.setRoot(rootSlot(root), valueNamed(value)),
    slot: heap.slot,
    root: (root) => idOf(mutator.root(rootSlot(root))),
    collect: generations.collect,
    safepoint: mutator.poll,
    setThresholds: ([young = 0, middle = 0, old = 0]) =>
      generations.setThresholds({ young, middle, old }),
    enable: () => generations.setEnabled(true),
    disable: () => generations.setEnabled(false),
    freeze() {
      generations.freeze();
      return generations.liveCount(3);
    },
    unfreeze() {
      generations.unfreeze();
      return generations.liveCount(3);
    },
    refcount: (id) => (heap.isAlive(id) ? referenceCount(manager, referenceOf(id)) : 0),
    generation: (id) => generations.generationOf(referenceOf(id)),
    counts: generations.counts,
    statistics: () =>
      generations
        .statistics()
        .map(({ collections, collected, uncollectable }) => [
          collections,
          collected,
          uncollectable,
        ]),
    longLived() {
      const { totalCount, pendingCount } = generations.longLived();
      return [totalCount, pendingCount];
    },
  };
}

/** Making weak references, following them and looking at them. */
function weakOperations(
  { manager, idOf, isNamed, name, called, referenceOf, rootSlot, valueNamed }: ProgramHeap,
  finalization: Finalization,
  weakReferences: SubjectWeakReferences,
): Pick<ProgramSubject, "makeWeak" | "deref" | "weakTarget"> {
  const { mutator } = manager;
  return {
    makeWeak(id, object, root, callback) {
      const frame = mutator.enter(3);
      const [target, into, callable] = [frame, slotAt(frame, 1), slotAt(frame, 2)];
      mutator.setRoot(target, valueNamed(object));
      if (typeof callback === "number") {
        mutator.setRoot(callable, valueNamed(callback));
        weakReferences.createWith(into, target, callable);
      } else if (callback === "log") {
        weakReferences.create(into, target, (slot) => called(idOf(mutator.root(slot))));
      } else weakReferences.create(into, target);
      const weak = mutator.root(into) as Reference;
      if (!isNamed(weak)) name(id, "wref", weak);
      mutator.setRoot(rootSlot(root), weak);
      mutator.leave(frame);
      return idOf(weak);
    },
    deref(id, root) {
      const frame = mutator.enter(1);
      mutator.setRoot(frame, valueNamed(id));
      weakReferences.strengthen(rootSlot(root), frame);
      mutator.leave(frame);
      return idOf(mutator.root(rootSlot(root)));
    },
    weakTarget: (id) => idOf(finalization.targetOf(referenceOf(id))),
  };
}

/** For any strategy; with room as above. Throws what `make` throws. */
export function createReachSubject(
  make: MakeSubjectManager,
  program?: Pick<MutatorProgram, "steps">,
): ReachSubject & ManagedSubject {
  const heap = createProgramHeap(make, program);
  const { manager, idOf, rootSlot, valueNamed } = heap;
  const { mutator, collector } = manager;
  const counts = collector.traits.exact
    ? { liveCount: () => collector.statistics().liveCount }
    : {};
  return {
    ...managed(heap),
    ...counts,
    ...programCodeOf(heap),
    make: heap.make,
    makeTuple: heap.makeTuple,
    store: heap.store,
    setRoot: (root, value) => mutator.setRoot(rootSlot(root), valueNamed(value)),
    slot: heap.slot,
    root: (root) => idOf(mutator.root(rootSlot(root))),
    collectAll: () => void mutator.collect(),
  };
}

function programCodeOf(heap: ProgramHeap): Pick<ReachSubject, "programCode"> {
  const { finalization, weakReferences, collector } = heap.manager;
  if (finalization === undefined || weakReferences === undefined) return {};
  const { counts } = collector.traits;
  return {
    programCode: {
      ...weakOperations(heap, finalization, weakReferences),
      begin: heap.setHost,
      refcount(id) {
        if (!heap.isAlive(id)) return 0;
        return counts ? referenceCount(heap.manager, heap.referenceOf(id)) : 1;
      },
    },
  };
}

function managed({ manager, idOf }: ProgramHeap): ManagedSubject {
  return { manager, idOf, validate: () => manager.validate() };
}

function partsOf(manager: SubjectManager) {
  const { collector, finalization, weakReferences } = manager;
  const { generations, traits } = collector;
  if (generations === undefined || finalization === undefined || weakReferences === undefined) {
    return refuse(collector.name, "it has no generations or runs no finalizers");
  }
  if (!traits.counts) return refuse(collector.name, "it does not count references");
  return { generations, finalization, weakReferences };
}

function refuse(name: string, reason: string): never {
  throw new IncompatiblePartsError({
    parts: [`strategy "${name}"`, "the machine of mutator programs"],
    reason,
    remedy: "Run the program with runReachProgram, which promises less",
  });
}
