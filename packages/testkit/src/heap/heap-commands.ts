// What a program does to a heap: borrows runs of arenas, gives back, moves the limit, reserves
// regions; wrong calls among right ones. Commands are data, so that a counterexample can be kept.

import fc from "fast-check";

/** Borrowers are 1 and up, in the order of these names. */
export const BORROWER_NAMES = ["pools", "large", "third"] as const;
const REGION_NAMES = ["map", "lists"] as const;
/** More arenas than a small heap has, so that counts and indices also lie outside. */
const ARENA_LIMIT = 9;

export type HeapCommand =
  | { readonly do: "reserve"; readonly borrower: number; readonly count: number }
  | {
      readonly do: "reserve at" | "release";
      readonly borrower: number;
      readonly index: number;
      readonly count: number;
    }
  /** Releases what is lent: up to `count` arenas from the nth lent one on. */
  | { readonly do: "release lent"; readonly nth: number; readonly count: number }
  | { readonly do: "limit"; readonly arenaCount: number }
  | {
      readonly do: "region";
      readonly borrower: number;
      readonly name: string;
      readonly sizeWords: number;
    };

const borrower = fc.integer({ min: 1, max: BORROWER_NAMES.length });
const index = fc.integer({ min: 0, max: ARENA_LIMIT });
const count = fc.oneof(
  { weight: 9, arbitrary: fc.integer({ min: 1, max: 3 }) },
  { weight: 1, arbitrary: fc.integer({ min: 4, max: ARENA_LIMIT }) },
);

const reserve = fc.record({ do: fc.constant("reserve" as const), borrower, count });
const reserveAt = fc.record({ do: fc.constant("reserve at" as const), borrower, index, count });
const release = fc.record({ do: fc.constant("release" as const), borrower, index, count });
const releaseLent = fc.record({ do: fc.constant("release lent" as const), nth: index, count });
const limit = fc.record({ do: fc.constant("limit" as const), arenaCount: index });
/** Six large ones leave most of the room for regions that a heap of a few arenas has. */
const sizeWords = fc.oneof(
  { withCrossShrink: true },
  { weight: 4, arbitrary: fc.integer({ min: 1, max: 40 }) },
  { weight: 1, arbitrary: fc.integer({ min: 41, max: 2000 }) },
);
const region = fc.record({
  do: fc.constant("region" as const),
  borrower,
  name: fc.constantFrom(...REGION_NAMES),
  sizeWords,
});

export function heapCommands(commandLimitCount = 60): fc.Arbitrary<HeapCommand[]> {
  const command = fc.oneof(reserve, reserveAt, release, releaseLent, limit, region);
  return fc.array(command, { maxLength: commandLimitCount, size: "max" });
}
