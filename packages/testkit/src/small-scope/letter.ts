// The alphabet of small programs: births, stores and collections, with objects by number. What a
// letter does depends on the small heap alone, and so does which letters there are.

import { bitOf, reachableOf, type SmallHeap, settle } from "./small-heap.js";

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

const COLLECT: Letter = { do: "collect", isYoungOnly: false };
const COLLECT_YOUNG: Letter = { do: "collect", isYoungOnly: true };

/** Plays a letter on the small heap. */
export function playOnSmallHeap(letter: Letter, heap: SmallHeap): void {
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
  }
  settle(heap);
}

/** Fields of an object that a program can tell apart: of two that hold the same, the first. */
function fieldsOf({ slots }: SmallHeap, object: number): readonly number[] {
  return slots[2 * object - 2] === slots[2 * object - 1] ? [0] : [0, 1];
}

function writesOf(
  heap: SmallHeap,
  holders: readonly number[],
  values: readonly number[],
): Letter[] {
  const letters: Letter[] = [];
  for (const object of holders) {
    for (const field of fieldsOf(heap, object)) {
      for (const value of values) {
        if (heap.slots[2 * object - 2 + field] === value) continue;
        letters.push({ do: "write", object, field, value });
      }
    }
  }
  return letters;
}

function collections(hasGenerations: boolean): Letter[] {
  return hasGenerations ? [COLLECT, COLLECT_YOUNG] : [COLLECT];
}

/**
 * The letters of a program over two roots, those that change nothing aside, and of two roots that
 * hold the same only the first: the program with the other is the same by another name.
 */
export function lettersOfProgram(heap: SmallHeap, hasGenerations: boolean): Letter[] {
  const { slots, roots } = heap;
  const held = [...new Set(roots)].filter((object) => object !== 0);
  const letters: Letter[] = [];
  for (const [root, old] of roots.entries()) {
    if (roots.indexOf(old) !== root) continue;
    letters.push({ do: "allocate", root });
    const fields = held.flatMap((object) => [
      slots[2 * object - 2] as number,
      slots[2 * object - 1] as number,
    ]);
    for (const value of new Set([0, ...held, ...fields])) {
      if (value !== old) letters.push({ do: "root", root, value });
    }
  }
  return [...letters, ...writesOf(heap, held, [0, ...held]), ...collections(hasGenerations)];
}

/**
 * The letters from a start heap on: every reference between objects that can be reached is written
 * or cut, each root is dropped, and one object is born, into the last root.
 */
export function lettersOfHeap(heap: SmallHeap, hasGenerations: boolean, isBorn: boolean): Letter[] {
  const reachable = reachableOf(heap);
  const objects: number[] = [];
  for (let object = 1; object <= heap.slots.length / 2; object++) {
    if ((reachable & bitOf(object)) !== 0) objects.push(object);
  }
  const letters: Letter[] = [];
  for (const [root, old] of heap.roots.entries()) {
    if (old !== 0) letters.push({ do: "root", root, value: 0 });
  }
  letters.push(...writesOf(heap, objects, [0, ...objects]));
  if (!isBorn) letters.push({ do: "allocate", root: heap.roots.length - 1 });
  return [...letters, ...collections(hasGenerations)];
}
