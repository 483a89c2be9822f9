// What a collection tells an observer. Moves and deaths are told together, in address order of the
// space that is left, once every copy is whole and before the space is given back: the old copies
// still say type and length, and their word 0 says where they went, or 0 for those that died.

import {
  EVENT_COLLECTION_END,
  EVENT_COLLECTION_START,
  EVENT_OBJECT_MOVE,
  EVENT_OBJECT_RECLAIM,
  isHeard,
  isObserved,
  type Observer,
  type WordIndex,
} from "@ouro/interfaces";
import type { ObjectLayout } from "@ouro/object-model";
import { objectEnd } from "./object-end.js";

export interface Reporter {
  start(candidateCount: number): void;
  /** The space whose objects were [from, end) is left. O(objects) if somebody wants to hear. */
  left(from: WordIndex, end: WordIndex): void;
  end(reclaimedCount: number): void;
}

export function createReporter(
  words: Int32Array,
  layout: ObjectLayout,
  observer: Observer | undefined,
): Reporter {
  const tellsStart = isObserved(observer, EVENT_COLLECTION_START);
  const tellsEnd = isObserved(observer, EVENT_COLLECTION_END);

  return {
    start(candidateCount) {
      if (tellsStart) observer?.event(EVENT_COLLECTION_START, 0, candidateCount, 0);
    },
    left(from, end) {
      const tellsMoves = isHeard(observer, EVENT_OBJECT_MOVE);
      const tellsDeaths = isHeard(observer, EVENT_OBJECT_RECLAIM);
      if (!tellsMoves && !tellsDeaths) return;
      let object = from;
      while (object < end) {
        const sizeWords = layout.sizeWords(object);
        const copy = words[object] as number;
        if (copy !== 0) {
          if (tellsMoves) observer?.event(EVENT_OBJECT_MOVE, object, copy, sizeWords);
        } else if (tellsDeaths) {
          observer?.event(EVENT_OBJECT_RECLAIM, object, layout.typeOf(object), sizeWords);
        }
        object = objectEnd(layout, object);
      }
    },
    end(reclaimedCount) {
      if (tellsEnd) observer?.event(EVENT_COLLECTION_END, 0, reclaimedCount, 0);
    },
  };
}
