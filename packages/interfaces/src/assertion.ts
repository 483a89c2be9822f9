// Assertions find programmer errors; operating errors are typed (error.ts). A part that has
// assertions on its paths takes a level when it is made, and its factory picks the code for it
// once:
//
//   off         nothing is tested beyond what a contract promises to refuse
//   cheap       O(1) facts before and after each call
//   expensive   the structure's validate() after each call that changes it: O(heap)

export type AssertionLevel = "off" | "cheap" | "expensive";

/** A belief of the house was wrong: a defect in a part or in the way it is called. */
export class AssertionError extends Error {
  constructor(belief: string) {
    super(`assertion failed: ${belief}`);
    this.name = "AssertionError";
  }
}

/** Asserts one fact, stated positively. */
export function assert(fact: boolean, belief: string): asserts fact {
  if (!fact) throw new AssertionError(belief);
}
