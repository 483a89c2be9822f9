// A detector for tests: what `Detector` promises, by sets and in the order of the list. It is slow
// and shares no line with the real ones.

import { type Detector, LIST_PIECE_SHIFT, type ReferenceList } from "@ouro/interfaces";

export interface NaiveDetectorOptions {
  words: Int32Array;
  /** The mark of object o is word `marks + (o >> 2)`; −1 if it is found. */
  marks: number;
  referencesOf: (object: number) => number[];
  countOf: (object: number) => number;
}

export function createNaiveDetector(options: NaiveDetectorOptions): Detector {
  const { words, marks, referencesOf, countOf } = options;
  const isFound = (object: number): boolean => words[marks + (object >> 2)] === -1;

  function placeOf({ directory }: ReferenceList, index: number): number {
    const piece = words[directory + (index >> LIST_PIECE_SHIFT)] as number;
    return piece + (index & ((1 << LIST_PIECE_SHIFT) - 1));
  }

  function examine(list: ReferenceList, objects: readonly number[]) {
    const members = new Set(objects);
    const rests = new Map(objects.map((object) => [object, countOf(object)]));
    for (const object of objects) {
      for (const target of referencesOf(object)) {
        const rest = rests.get(target);
        if (rest === 0) throw new Error(`object ${target} has more references than its count`);
        if (rest !== undefined) rests.set(target, rest - 1);
      }
    }
    const pending = objects.filter((object) => (rests.get(object) as number) > 0);
    const reached = new Set<number>();
    for (let object = pending.pop(); object !== undefined; object = pending.pop()) {
      if (reached.has(object) || !members.has(object)) continue;
      reached.add(object);
      pending.push(...referencesOf(object));
    }
    const found = objects.filter((object) => !reached.has(object));
    const order = [...objects.filter((object) => reached.has(object)), ...found];
    for (const object of objects) words[marks + (object >> 2)] = reached.has(object) ? 0 : -1;
    for (const [at, object] of order.entries()) words[placeOf(list, list.start + at)] = object;
    return { reachedCount: reached.size, end: list.start + order.length };
  }

  function entries(list: ReferenceList): number[] {
    const objects: number[] = [];
    for (let index = list.start; index < list.end; index++) {
      const object = words[placeOf(list, index)] as number;
      if (object !== 0) objects.push(object);
    }
    return objects;
  }

  return {
    name: "naive",
    find: (list) => examine(list, entries(list)),
    findAgain: (list) => examine(list, entries(list).filter(isFound)),
    isFound,
    forget(object) {
      words[marks + (object >> 2)] = 0;
    },
  };
}
