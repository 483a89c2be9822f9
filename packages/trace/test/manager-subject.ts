// Test support: a memory manager of any strategy that does not move, as the subject of a graph's
// plan. Objects are known by their addresses; restored objects lie in the order of their numbers.

import {
  EVENT_OBJECT_DEALLOCATE,
  EVENT_OBJECT_RECLAIM,
  type EventCode,
  type Reference,
  type Slot,
  type TypeDescriptor,
} from "@ouro/interfaces";
import { createMemoryManager, type PresetName } from "@ouro/memory-manager";
import { referenceCount } from "@ouro/refcount";
import type { RecordedHeapSubject } from "../src/index.js";

const FRAME_SLOT_LIMIT = 2 ** 16;

export function createManagerSubject(
  preset: PresetName,
): RecordedHeapSubject & { validate(): void } {
  const endEvent: EventCode =
    preset === "refcount-only" ? EVENT_OBJECT_DEALLOCATE : EVENT_OBJECT_RECLAIM;
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
  const counted = preset === "refcount-only" ? { refcount } : {};

  function refcount(object: number): number {
    return referenceCount(manager, references[object] as Reference);
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
    restore(image) {
      manager.restoreHeap(image);
      numberObjects();
    },
    clearFrameSlot(index) {
      mutator.setRoot((roots.framesStart + index) as Slot, 0);
    },
    collect(generation) {
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
