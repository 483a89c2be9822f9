// A semispace written by hand for these programs and nothing else: one kind of object, two spaces
// at fixed places, the references that must survive a collection on a stack of its own. It collects
// when a space is full, by the rule of the preset: a space is twice what lives, 16 MiB at least.
//
//   words   │ stack … │ space │ … │ other space │ …        object: 0 or copy, type, two slots
//
// What the caller builds lies on the stack up to the `top` that it passes: that is all it pays.

import { expectReclaimed, type ProgramSubject } from "./program.js";

const RESERVATION_WORDS = 2 ** 28;
const STACK = 4;
const FIRST_SPACE = 2 ** 14;
const SECOND_SPACE = RESERVATION_WORDS / 2;
const MINIMUM_WORDS = 2 ** 22;
const NODE_TYPE = 1;

export function createHandSemispace(): ProgramSubject {
  const words = new Int32Array(RESERVATION_WORDS);
  let spaceStart = FIRST_SPACE;
  let free = FIRST_SPACE;
  let end = FIRST_SPACE + MINIMUM_WORDS;
  let reclaimedWords = 0;

  function forward(object: number): number {
    const forwarded = words[object] as number;
    if (forwarded !== 0) return forwarded;
    const copy = free;
    free = copy + 4;
    words[copy] = 0;
    words[copy + 1] = words[object + 1] as number;
    words[copy + 2] = words[object + 2] as number;
    words[copy + 3] = words[object + 3] as number;
    words[object] = copy;
    return copy;
  }

  function collect(top: number): void {
    const used = free - spaceStart;
    spaceStart = spaceStart === FIRST_SPACE ? SECOND_SPACE : FIRST_SPACE;
    free = spaceStart;
    for (let slot = STACK; slot < top; slot++) {
      const value = words[slot] as number;
      if (value !== 0) words[slot] = forward(value);
    }
    for (let object = spaceStart; object < free; object += 4) {
      const left = words[object + 2] as number;
      if (left !== 0) words[object + 2] = forward(left);
      const right = words[object + 3] as number;
      if (right !== 0) words[object + 3] = forward(right);
    }
    reclaimedWords += used - (free - spaceStart);
    end = spaceStart + Math.max(MINIMUM_WORDS, 2 * (free - spaceStart));
  }

  function make(top: number): number {
    if (free + 4 > end) collect(top);
    const object = free;
    free = object + 4;
    words[object] = 0;
    words[object + 1] = NODE_TYPE;
    words[object + 2] = 0;
    words[object + 3] = 0;
    return object;
  }

  /** Leaves the tree in `slot`, and nothing above it. */
  function build(depth: number, slot: number): void {
    if (depth === 0) {
      words[slot] = make(slot);
      return;
    }
    build(depth - 1, slot);
    build(depth - 1, slot + 1);
    const tree = make(slot + 2);
    words[tree + 2] = words[slot] as number;
    words[tree + 3] = words[slot + 1] as number;
    words[slot] = tree;
  }

  function count(tree: number): number {
    const left = words[tree + 2] as number;
    return left === 0 ? 1 : 1 + count(left) + count(words[tree + 3] as number);
  }

  /** Nothing is left of what the program built; answers how much was reclaimed of it. */
  function finish(): number {
    collect(STACK);
    if (free !== spaceStart) throw new Error(`${(free - spaceStart) / 4} objects are left`);
    const reclaimed = reclaimedWords / 4;
    reclaimedWords = 0;
    return reclaimed;
  }

  return {
    trees(depth) {
      build(depth + 1, STACK);
      let total = count(words[STACK] as number);
      build(depth, STACK);
      for (let d = 4; d <= depth; d += 2) {
        for (let i = 1 << (depth - d + 4); i > 0; i--) {
          build(d, STACK + 1);
          total += count(words[STACK + 1] as number);
        }
      }
      total += count(words[STACK] as number);
      expectReclaimed(finish(), total);
      return total;
    },
    buildList(objectCount) {
      words[STACK] = 0;
      for (let i = 0; i < objectCount; i++) {
        const link = make(STACK + 1);
        words[link + 2] = words[STACK] as number;
        words[STACK] = link;
      }
      const found = (free - spaceStart) / 4;
      if (found !== objectCount) throw new Error(`${found} objects, not ${objectCount}`);
    },
    dropList: finish,
  };
}
