// An observer that says when it listens: a collection that would have to list the dead before it
// could tell of them does so for who listens, and for nobody else.

import assert from "node:assert/strict";
import {
  combineObservers,
  EVENT_COLLECTION_END,
  EVENT_OBJECT_RECLAIM,
  type Observer,
  type Strategy,
  type Value,
} from "@ouro/interfaces";
import type * as managerPackage from "@ouro/memory-manager";

type Parts = Pick<typeof managerPackage, "composeMemoryManager">;

export const LISTENING = "lists the deaths of a collection for who listens, and nobody else";

export function listsForListeners(parts: Parts, strategy: Strategy): void {
  let isOn = false;
  let reclaimCount = 0;
  let endCount = 0;
  const sometimes: Observer = {
    wants: [EVENT_OBJECT_RECLAIM],
    isListening: () => isOn,
    event() {
      reclaimCount++;
    },
  };
  const always: Observer = {
    wants: [EVENT_COLLECTION_END],
    event() {
      endCount++;
    },
  };
  const { mutator, defineType } = parts.composeMemoryManager({
    ...{ strategy, reservationBytes: 2 ** 25 },
    observer: combineObservers([sometimes, always]),
  });
  const node = defineType({ name: "node", visitedSlotCount: 1 });
  const frame = mutator.enter(1);
  const toldOf = (garbageCount: number): number => {
    reclaimCount = 0;
    for (let made = 0; made < garbageCount; made++) {
      const object = mutator.allocate(node, frame);
      mutator.set(object, 0, object);
      mutator.setRoot(frame, 0 as Value);
    }
    mutator.collect();
    return reclaimCount;
  };
  assert.equal(toldOf(3), 0);
  isOn = true;
  assert.equal(toldOf(2), 2);
  isOn = false;
  assert.equal(toldOf(3), 0);
  assert.equal(endCount, 3);
}
