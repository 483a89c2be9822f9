// Test support: a memory manager of any strategy that does not move, as the subject of a graph's
// plan. Objects are known by their addresses; restored objects lie in the order of their numbers.

import {
  EVENT_OBJECT_DEALLOCATE,
  EVENT_OBJECT_RECLAIM,
  type EventCode,
  NOT_TRACKED,
  type Reference,
  type Slot,
  type TypeDescriptor,
  type TypeId,
  type Value,
} from "@ouro/interfaces";
import { createMemoryManager, type PresetName } from "@ouro/memory-manager";
import { referenceCount } from "@ouro/refcount";
import { GENERATION_UNTRACKED, type RecordedHeapSubject } from "../src/index.js";

const FRAME_SLOT_LIMIT = 2 ** 16;

export function createManagerSubject(
  preset: PresetName,
): RecordedHeapSubject & { validate(): void } {
  const isCounting = preset === "refcount-only" || preset.startsWith("cpython");
  const endEvent: EventCode = isCounting ? EVENT_OBJECT_DEALLOCATE : EVENT_OBJECT_RECLAIM;
  const numbers = new Map<number, number>();
  let references: readonly Reference[] = [];
  let deaths: number[] = [];
  const manager = createMemoryManager(preset, {
    reservationBytes: 2 ** 27,
    typeLimitCount: 4096,
    frameSlotLimitCount: FRAME_SLOT_LIMIT,
    observer: {
      wants: [endEvent],
      event(_code, object) {
        deaths.push(numbers.get(object) as number);
        numbers.delete(object);
      },
    },
  });
  const { mutator, roots, collector, types } = manager;
  const { finalization } = manager;
  const { generations } = collector;
  const counted = isCounting ? { refcount } : {};
  const tracked = generations === undefined ? {} : { generation };

  function refcount(object: number): number {
    return referenceCount(manager, references[object] as Reference);
  }

  function generation(object: number): number {
    const found = generations?.generationOf(references[object] as Reference) ?? NOT_TRACKED;
    return found === NOT_TRACKED ? GENERATION_UNTRACKED : found;
  }

  /** What closing a generator does to what it holds. */
  function emptySlots(slot: Slot): void {
    const object = mutator.root(slot) as Reference;
    const { visitedSlotCount, variablePart } = types.descriptor(mutator.typeOf(object));
    const isVariable = variablePart !== "none";
    const first = isVariable ? 1 : 0;
    const isRepeated = variablePart === "visited";
    const count = visitedSlotCount + (isRepeated ? mutator.lengthOf(object) : 0);
    for (let field = first; field < first + count; field++) mutator.set(object, field, 0 as Value);
  }

  /** By type in the order of the table, by length, by address: as an image numbers objects. */
  function numberObjects(): void {
    const found: { object: Reference; type: number; length: number }[] = [];
    collector.walk((object) => {
      const type = mutator.typeOf(object);
      const { variablePart }: TypeDescriptor = types.descriptor(type);
      found.push({ object, type, length: variablePart === "none" ? 0 : mutator.lengthOf(object) });
    });
    found.sort((a, b) => a.type - b.type || a.length - b.length || a.object - b.object);
    references = found.map(({ object }) => object);
    for (const [number, object] of references.entries()) numbers.set(object, number);
  }

  return {
    ...counted,
    ...tracked,
    restore(image, closingTypes) {
      // Where nothing runs finalizers their types are refused; a plan of cuts does without.
      const withoutFinalizers = image.types.map((type) => ({ ...type, finalizer: false }));
      manager.restoreHeap(
        finalization === undefined ? { ...image, types: withoutFinalizers } : image,
      );
      for (const name of finalization === undefined ? [] : closingTypes) {
        finalization?.setFinalizer(types.find(name) as TypeId, emptySlots);
      }
      numberObjects();
    },
    clearFrameSlot(index) {
      mutator.setRoot((roots.framesStart + index) as Slot, 0);
    },
    collect(generation) {
      if (generations !== undefined) return generations.collect(generation);
      return collector.collect(Math.min(generation, collector.oldestGeneration)).reclaimedCount;
    },
    takeDeaths() {
      const taken = deaths;
      deaths = [];
      return taken;
    },
    validate: () => manager.validate(),
  };
}
