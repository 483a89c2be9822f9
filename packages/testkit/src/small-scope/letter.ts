// The alphabet of small programs: births, stores and collections, with objects by number. What a
// letter does depends on the small heap alone, and so does which letters there are.

import {
  bitOf,
  firstOf,
  heldBy,
  reachableOf,
  rootedIn,
  type SmallHeap,
  settle,
} from "./small-heap.js";

export type Letter =
  | { readonly do: "allocate"; readonly root: number }
  /** A root takes an object that can be reached, or none. */
  | { readonly do: "root"; readonly root: number; readonly value: number }
  | {
      readonly do: "write";
      readonly object: number;
      readonly field: number;
      readonly value: number;
    }
  | { readonly do: "collect"; readonly isYoungOnly: boolean };

/** What a strategy says of its collections. */
export interface Collections {
  /** There is one of the young alone. */
  readonly hasGenerations: boolean;
  /** A full one leaves what is reachable, and nothing else. */
  readonly isExact: boolean;
  /** None takes a cycle. */
  readonly leavesCycles: boolean;
}

const COLLECT: Letter = { do: "collect", isYoungOnly: false };
const COLLECT_YOUNG: Letter = { do: "collect", isYoungOnly: true };

/** Plays a letter on the small heap. */
export function playOnSmallHeap(letter: Letter, heap: SmallHeap, collections: Collections): void {
  switch (letter.do) {
    case "allocate":
      heap.slots.push(0, 0);
      heap.roots[letter.root] = heap.slots.length / 2;
      heap.live |= bitOf(heap.slots.length / 2);
      break;
    case "root":
      heap.roots[letter.root] = letter.value;
      break;
    case "write":
      heap.slots[2 * letter.object - 2 + letter.field] = letter.value;
      break;
    case "collect":
      playCollection(letter.isYoungOnly, heap, collections);
      return;
  }
  settle(heap);
}

/** A full collection, or one of the young alone. */
function playCollection(
  isYoungOnly: boolean,
  heap: SmallHeap,
  { isExact, leavesCycles }: Collections,
): void {
  if (isExact && !isYoungOnly) {
    heap.live = reachableOf(heap);
    heap.isSure = true;
  } else if (!leavesCycles) heap.isSure = false;
}

/** The letters of a program over two roots: it names what its roots hold, and loads from there. */
export function lettersOfProgram(heap: SmallHeap, { hasGenerations }: Collections): Letter[] {
  const rooted = rootedIn(heap);
  return [
    ...lettersOfRoots(heap, rooted | heldBy(rooted, heap), true),
    ...lettersOfFields(heap, rooted),
    ...lettersOfCollections(hasGenerations),
  ];
}

/**
 * The letters from a start heap on: they name every object that can be reached. A root that holds
 * one is dropped before it is used again.
 */
export function lettersOfHeap(heap: SmallHeap, { hasGenerations }: Collections): Letter[] {
  const reachable = reachableOf(heap);
  return [
    ...lettersOfRoots(heap, reachable, false),
    ...lettersOfFields(heap, reachable),
    ...lettersOfCollections(hasGenerations),
  ];
}

/**
 * Each root dropped, and each that may be used given birth into and loaded with each of `loaded`.
 * Of two roots that hold the same it is the first: with the other the program is the same by
 * another name.
 */
function lettersOfRoots({ roots }: SmallHeap, loaded: number, isOverwritten: boolean): Letter[] {
  const letters: Letter[] = [];
  for (let root = 0; root < roots.length; root++) {
    const old = roots[root] as number;
    if (roots.indexOf(old) !== root) continue;
    const isUsable = old === 0 || isOverwritten;
    if (isUsable) letters.push({ do: "allocate", root });
    if (old !== 0) letters.push({ do: "root", root, value: 0 });
    if (!isUsable) continue;
    for (let left = loaded & ~bitOf(old); left !== 0; left &= left - 1) {
      letters.push({ do: "root", root, value: firstOf(left) });
    }
  }
  return letters;
}

/**
 * Each reference between two of `named` written or cut. What changes nothing is no letter, and of
 * two fields that hold the same it is the first.
 */
function lettersOfFields({ slots }: SmallHeap, named: number): Letter[] {
  const letters: Letter[] = [];
  for (let holders = named; holders !== 0; holders &= holders - 1) {
    const object = firstOf(holders);
    const isAlike = slots[2 * object - 2] === slots[2 * object - 1];
    for (let field = 0; field < (isAlike ? 1 : 2); field++) {
      const old = slots[2 * object - 2 + field] as number;
      if (old !== 0) letters.push({ do: "write", object, field, value: 0 });
      for (let left = named & ~bitOf(old); left !== 0; left &= left - 1) {
        letters.push({ do: "write", object, field, value: firstOf(left) });
      }
    }
  }
  return letters;
}

const lettersOfCollections = (hasGenerations: boolean): Letter[] =>
  hasGenerations ? [COLLECT, COLLECT_YOUNG] : [COLLECT];
