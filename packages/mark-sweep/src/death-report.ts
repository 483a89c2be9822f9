// Who observes the deaths of objects is told of each: first all that are unreachable, then all that
// are reclaimed. The sweep itself is lazy and sees only bits, so the dead are listed here before it
// begins. Where no such observer listens there is no list.

import {
  type Allocator,
  EVENT_OBJECT_RECLAIM,
  EVENT_OBJECT_UNREACHABLE,
  isHeard,
  isObserved,
  type StrategyParts,
} from "@ouro/interfaces";
import { createObjectLayout } from "@ouro/object-model";

export interface DeathReport {
  /** Lists and tells the objects without a mark, in address order. O(heap) if somebody listens. */
  tellUnreachable(allocator: Allocator): void;
  /** Tells that those were reclaimed. The sweep has begun: they are objects no more. */
  tellReclaimed(): void;
}

export function createDeathReport(
  { heap, types, observer }: StrategyParts,
  isMarked: (object: number) => boolean,
): DeathReport {
  const layout = createObjectLayout(heap.words, types);
  let dead: { object: number; type: number; sizeWords: number }[] = [];

  function tellUnreachable(allocator: Allocator): void {
    dead = [];
    if (!isHeard(observer, EVENT_OBJECT_RECLAIM) && !isHeard(observer, EVENT_OBJECT_UNREACHABLE)) {
      return;
    }
    allocator.walk((object) => {
      if (isMarked(object)) return;
      dead.push({ object, type: layout.typeOf(object), sizeWords: layout.sizeWords(object) });
    });
    if (!isObserved(observer, EVENT_OBJECT_UNREACHABLE)) return;
    for (const { object, type } of dead) {
      observer.event(EVENT_OBJECT_UNREACHABLE, object, type, 0);
    }
  }

  function tellReclaimed(): void {
    const told = dead;
    dead = [];
    if (!isObserved(observer, EVENT_OBJECT_RECLAIM)) return;
    for (const { object, type, sizeWords } of told) {
      observer.event(EVENT_OBJECT_RECLAIM, object, type, sizeWords);
    }
  }

  return { tellUnreachable, tellReclaimed };
}
