// What the subjects here need of a memory manager: any composition fits, whoever made it. The
// subject says what it needs, the caller composes, so that this package knows no memory manager.
//
//   createProgramSubject((needs) => composeMemoryManager({ strategy, ...needs }))
//
// And what its traits promise of a recording: CPython's behaviour where it has all of CPython's
// parts, else what can be said of any strategy.

import {
  type Collector,
  EVENT_OBJECT_DEALLOCATE,
  EVENT_OBJECT_RECLAIM,
  type EventCode,
  type Finalization,
  type HeapImage,
  type LinearMemory,
  type Mutator,
  type Observer,
  OLDEST_GENERATION,
  type Reference,
  type RootStack,
  type Slot,
  type TypeId,
  type TypeTable,
  type WeakCallback,
} from "@ouro/interfaces";
import type { TypeOptions } from "@ouro/object-model";
import type { GraphPromise } from "./heap-graph-plan.js";

/** A memory manager of `@ouro/memory-manager`, or whatever has these parts. */
export interface SubjectManager {
  readonly heap: LinearMemory;
  readonly types: TypeTable;
  readonly roots: RootStack;
  readonly collector: Collector;
  readonly mutator: Mutator;
  readonly finalization: Finalization | undefined;
  readonly weakReferences: SubjectWeakReferences | undefined;
  defineType(options: TypeOptions): TypeId;
  restoreHeap(image: HeapImage): void;
  validate(): void;
}

/** Making weak references and following them; all slots are root slots. */
export interface SubjectWeakReferences {
  create(into: Slot, of: Slot, callback?: WeakCallback): Reference;
  createWith(into: Slot, of: Slot, callable: Slot): Reference;
  strengthen(into: Slot, from: Slot): boolean;
}

/** Options that the manager must be composed with; it may be given others beside them. */
export interface SubjectNeeds {
  readonly observer: Observer;
  readonly reservationBytes: number;
  readonly typeLimitCount: number;
  readonly frameSlotLimitCount: number;
}

export type MakeSubjectManager = (needs: SubjectNeeds) => SubjectManager;

/** The event with which an object's end begins. */
export function endEventOf({ traits }: Pick<Collector, "traits">): EventCode {
  return traits.counts ? EVENT_OBJECT_DEALLOCATE : EVENT_OBJECT_RECLAIM;
}

/**
 * Whether everything recorded of CPython can be seen here: counts, prompt deaths in CPython's order
 * of finalization, and CPython's generations.
 */
export function behavesAsCPython({ collector, finalization }: SubjectManager): boolean {
  const { traits, generations, oldestGeneration } = collector;
  return (
    generations !== undefined &&
    finalization !== undefined &&
    oldestGeneration === OLDEST_GENERATION &&
    traits.counts &&
    traits.death === "prompt" &&
    traits.finalizationOrder === "cpython"
  );
}

/** What a manager promises of a heap graph's plan. */
export function graphPromiseOf(manager: SubjectManager): GraphPromise {
  const { traits } = manager.collector;
  if (behavesAsCPython(manager)) return "exact";
  if (traits.cycles !== "never" && traits.exact) return "full collection";
  return traits.death === "prompt" ? "counting" : "nothing reachable dies";
}
