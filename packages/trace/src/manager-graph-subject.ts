// A memory manager of any strategy as the subject of a heap graph's plan. Objects are known by
// their addresses; what moves tells so. Restored objects lie in the order of their numbers among
// those of the same type and length, so a walk over the fresh heap numbers them.
//
//   image ─► compose, with room for it ─► restore ─► walk: address ↔ number
//   dies, moves ─► observer ─► deaths, new addresses

import {
  EVENT_OBJECT_DEALLOCATE,
  EVENT_OBJECT_MOVE,
  EVENT_OBJECT_RECLAIM,
  type EventCode,
  type HeapImage,
  NOT_TRACKED,
  type Observer,
  type Reference,
  type Slot,
  type TypeId,
  type Value,
} from "@ouro/interfaces";
import { objectsInImageOrder } from "@ouro/object-model";
import { referenceCount } from "@ouro/refcount";
import { GENERATION_UNTRACKED } from "./heap-graph.js";
import type { RecordedHeapSubject } from "./heap-graph-plan.js";
import { createObjectNumbers } from "./object-numbers.js";
import {
  endEventOf,
  graphPromiseOf,
  type MakeSubjectManager,
  type SubjectManager,
} from "./subject-manager.js";

const MIB = 2 ** 20;
const RESERVATION_LEAST_BYTES = 64 * MIB;
const RESERVATION_MOST_BYTES = 2 ** 32 - MIB;
/** Header, length and what a block's size is rounded up by. Unit: bytes. */
const OBJECT_OVERHEAD_BYTES = 32;
/** Copies, side tables, blocks between sizes. */
const RESERVATION_FACTOR = 4;
const SPARE_TYPE_COUNT = 16;
const SPARE_SLOT_COUNT = 64;

/** A subject whose manager can be looked at; it is there once the graph is restored. */
export interface ManagedHeapSubject extends RecordedHeapSubject {
  manager(): SubjectManager;
  validate(): void;
}

/**
 * The manager is made when the graph is restored, with room for it. `restore` throws what `make`
 * and the manager's `restoreHeap` throw.
 */
export function createGraphSubject(make: MakeSubjectManager): ManagedHeapSubject {
  const numbers = createObjectNumbers();
  let references: Reference[] = [];
  let deaths: number[] = [];
  let manager: SubjectManager | undefined;
  let endEvent: EventCode = EVENT_OBJECT_RECLAIM;

  const made = (): SubjectManager => manager as SubjectManager;
  const referenceOf = (object: number): Reference => references[object] as Reference;

  const observer: Observer = {
    wants: [EVENT_OBJECT_DEALLOCATE, EVENT_OBJECT_RECLAIM, EVENT_OBJECT_MOVE],
    event(code, object, to) {
      const number = numbers.get(object);
      if (number < 0) return;
      if (code === endEvent) deaths.push(number);
      if (code !== EVENT_OBJECT_DEALLOCATE) numbers.delete(object);
      if (code !== EVENT_OBJECT_MOVE) return;
      numbers.set(to, number);
      references[number] = to as Reference;
    },
  };

  /** What closing a generator does to what it holds. */
  function emptySlots(slot: Slot): void {
    const { mutator, types } = made();
    const object = mutator.root(slot) as Reference;
    const { visitedSlotCount, variablePart } = types.descriptor(mutator.typeOf(object));
    const first = variablePart === "none" ? 0 : 1;
    const repeatedCount = variablePart === "visited" ? mutator.lengthOf(object) : 0;
    const end = first + visitedSlotCount + repeatedCount;
    for (let field = first; field < end; field++) mutator.set(object, field, 0 as Value);
  }

  function numberObjects(): void {
    references = Array.from(objectsInImageOrder(made())) as Reference[];
    for (const [number, object] of references.entries()) numbers.set(object, number);
  }

  const subject: ManagedHeapSubject = {
    manager: made,
    restore(image, closingTypes) {
      manager = make({
        observer,
        reservationBytes: reservationFor(image),
        typeLimitCount: image.types.length + SPARE_TYPE_COUNT,
        frameSlotLimitCount: image.frames.length + SPARE_SLOT_COUNT,
      });
      endEvent = endEventOf(manager.collector);
      const { finalization, types } = manager;
      // Where nothing runs finalizers their types are refused, and no plan needs them.
      const withoutFinalizers = image.types.map((type) => ({ ...type, finalizer: false }));
      manager.restoreHeap(
        finalization === undefined ? { ...image, types: withoutFinalizers } : image,
      );
      for (const name of finalization === undefined ? [] : closingTypes) {
        finalization?.setFinalizer(types.find(name) as TypeId, emptySlots);
      }
      numberObjects();
    },
    promise: () => graphPromiseOf(made()),
    clearFrameSlot(index) {
      const { mutator, roots } = made();
      mutator.setRoot((roots.framesStart + index) as Slot, 0);
    },
    collect(generation) {
      const { collector, mutator } = made();
      const known = Math.min(generation, collector.oldestGeneration);
      if (collector.generations !== undefined) return collector.generations.collect(known);
      return mutator.collect(known).reclaimedCount;
    },
    takeDeaths() {
      const taken = deaths;
      deaths = [];
      return taken;
    },
    refcount(object) {
      return made().collector.traits.counts
        ? referenceCount(made(), referenceOf(object))
        : undefined;
    },
    generation(object) {
      const { generations } = made().collector;
      if (generations === undefined) return undefined;
      const generation = generations.generationOf(referenceOf(object));
      return generation === NOT_TRACKED ? GENERATION_UNTRACKED : generation;
    },
    validate: () => made().validate(),
  };
  return subject;
}

/** Address space only: memory is committed when it is touched. */
function reservationFor({ objectTypes, values, types, frames }: HeapImage): number {
  const wordCount = values.length + frames.length + 64 * types.length;
  const bytes = OBJECT_OVERHEAD_BYTES * objectTypes.length + 4 * wordCount;
  const wanted = RESERVATION_LEAST_BYTES + RESERVATION_FACTOR * bytes;
  return Math.min(RESERVATION_MOST_BYTES, Math.ceil(wanted / MIB) * MIB);
}
