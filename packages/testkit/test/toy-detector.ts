// A detector as plain as it can be, which tells an observer of each object that it examines: what
// the nemesis of detectors must let pass, and the ground in which its faults are planted.

import { createPrivateHeap } from "@ouro/heap";
import {
  type Detector,
  EVENT_OBJECT_EXAMINE,
  type Examined,
  type Observer,
  type ReferenceList,
  UsageError,
} from "@ouro/interfaces";
import { createObjectLayout, createTypeTable } from "@ouro/object-model";
import type { DetectorMaker } from "../src/index.js";

export type DetectorFault =
  | "none"
  | "keeps what it found when an observer throws"
  | "empties the list while it looks"
  | "answers a question in the middle of another"
  | "loses the outer question to the inner one";

export function toyDetectors(fault: DetectorFault = "none"): DetectorMaker {
  return {
    name: "toy",
    complete: true,
    order: "any",
    observed: true,
    make({ observer } = {}) {
      const heap = createPrivateHeap({ reservationBytes: 2 ** 23, regionBytes: 2 ** 20 });
      const borrower = heap.registerBorrower("types");
      const types = createTypeTable({ heap, borrower, typeLimitCount: 16 });
      const layout = createObjectLayout(heap.words, types);
      return { heap, types, detector: createToy(heap.words, layout, fault, observer) };
    },
  };
}

function createToy(
  words: Int32Array,
  layout: ReturnType<typeof createObjectLayout>,
  fault: DetectorFault,
  observer: Observer | undefined,
): Detector {
  let found = new Set<number>();
  let isAsking = false;

  // Lists of these tests have one piece.
  const placeOf = ({ directory }: ReferenceList, index: number): number =>
    (words[directory] as number) + index;

  function visitedOf(object: number): number[] {
    const held: number[] = [];
    const end = layout.visitedEnd(object);
    for (let slot = layout.slotsStart(object); slot < end; slot++) held.push(words[slot] as number);
    return held.filter((value) => value > 0);
  }

  /** Whom nothing outside of the objects reaches. */
  function unreachedOf(objects: ReadonlySet<number>): Set<number> {
    const left = new Map([...objects].map((object) => [object, words[object] as number]));
    for (const object of objects) {
      observer?.event(EVENT_OBJECT_EXAMINE, object, layout.typeOf(object), words[object] as number);
      if (fault === "keeps what it found when an observer throws") found.add(object);
      for (const held of visitedOf(object)) {
        const count = left.get(held);
        if (count !== undefined) left.set(held, count - 1);
      }
    }
    const unreached = new Set(objects);
    const pending = [...objects].filter((object) => (left.get(object) as number) > 0);
    for (let object = pending.pop(); object !== undefined; object = pending.pop()) {
      if (unreached.delete(object)) pending.push(...visitedOf(object));
    }
    return unreached;
  }

  function examine(list: ReferenceList): Examined {
    const objects: number[] = [];
    for (let index = list.start; index < list.end; index++) {
      const object = words[placeOf(list, index)] as number;
      if (object !== 0) objects.push(object);
      if (fault === "empties the list while it looks") words[placeOf(list, index)] = 0;
    }
    const unreached = unreachedOf(new Set(objects));
    if (fault !== "loses the outer question to the inner one" || isAsking) found = unreached;
    const reached = objects.filter((object) => !unreached.has(object));
    for (const [index, object] of [...reached, ...unreached].entries()) {
      words[placeOf(list, list.start + index)] = object;
    }
    return { reachedCount: reached.length, end: list.start + objects.length };
  }

  function find(list: ReferenceList): Examined {
    if (isAsking && fault !== "answers a question in the middle of another") {
      if (fault === "loses the outer question to the inner one") isAsking = false;
      throw new UsageError({
        where: "find",
        argument: "the question",
        problem: "comes in the middle of another",
        remedy: "Ask when that one is answered",
      });
    }
    isAsking = true;
    try {
      return examine(list);
    } finally {
      isAsking = false;
    }
  }

  return {
    name: "toy",
    find,
    findAgain: (list) => find(list),
    isFound: (object) => found.has(object),
    forget: (object) => void found.delete(object),
  };
}
