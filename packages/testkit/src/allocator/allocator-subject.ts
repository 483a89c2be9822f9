// The allocator under test: a maker of fresh ones, each over a heap of its own, and what is
// declared of them. Whatever has the calls of `Allocator` can be proved.

import type { Allocator, OuroErrorKind, PrivateHeap } from "@ouro/interfaces";
import fc from "fast-check";
import { FLAG, type Form, FUNCTION, oneOf, parts, record, TEXT, wholeNumber } from "../form.js";
import type { Entry } from "../property.js";
import { ALLOCATOR, ARBITRARY, HEAP } from "../subject-forms.js";

export interface AllocatorSubject {
  readonly heap: PrivateHeap;
  readonly allocator: Allocator;
  /**
   * What no block and no free space may hold, worked out from the layout that is documented. When
   * absent, the sum of used, free and overhead is looked at alone.
   */
  readonly overheadBytes?: () => number;
  /** Gives back what layers keep of freed blocks, the outermost layer first. */
  readonly settle?: () => void;
}

/** What is declared of an allocator: the suite holds it to this, and no more. */
export interface AllocatorTraits {
  /** Arenas that may stay lent when nothing lives. */
  readonly keptArenaCount: number;
  /** Whether a request of a freed block's size fits again at once; default true. */
  readonly reusesFreed?: boolean;
  /** Whether a freed block may be told as a number that never was one; default false. */
  readonly forgetsFreed?: boolean;
  /**
   * The kind of error by which `free` tells a block whose preceding word was written; absent when
   * it cannot tell. Kinds but `block-overrun` are looked for on blocks with a header alone.
   */
  readonly overrunKind?: string;
}

export interface AllocatorMaker extends AllocatorTraits {
  readonly name: string;
  /**
   * JavaScript that ends in `const { heap, allocator } = …`: scripts of counterexamples begin with
   * it. Default: a comment with the name, and a call of `make` of the suite's `maker`.
   */
  readonly source?: string;
  /** Sizes to ask for; `requestSizes` has some. */
  readonly requestBytes: fc.Arbitrary<number>;
  /** Sizes for allocations in bulk: large enough to fill arenas. */
  readonly bulkBytes: fc.Arbitrary<number>;
  /** A fresh allocator over a fresh heap; its smallest useful heap has 8 arenas or more. */
  make(): AllocatorSubject;
}

type Forms = { readonly [Key in keyof Required<AllocatorMaker>]: Form };

const REQUIRED = {
  name: TEXT,
  keptArenaCount: wholeNumber(),
  requestBytes: ARBITRARY,
  bulkBytes: ARBITRARY,
  make: FUNCTION,
} satisfies Partial<Forms>;

const ERROR_KINDS = Object.keys({
  "block-overrun": 0,
  "heap-corruption": 0,
  "double-free": 0,
  "use-after-free": 0,
  "wrong-domain": 0,
  "invalid-address": 0,
  "stale-reference": 0,
  "incompatible-parts": 0,
  usage: 0,
  "input-format": 0,
  "limit-reached": 0,
  "out-of-memory": 0,
} satisfies Record<OuroErrorKind, 0>);

const OPTIONAL = {
  reusesFreed: FLAG,
  forgetsFreed: FLAG,
  overrunKind: oneOf(...ERROR_KINDS),
  source: TEXT,
} satisfies Omit<Forms, keyof typeof REQUIRED>;

export const allocatorEntry: Entry<AllocatorMaker> = {
  maker: record(REQUIRED, OPTIONAL),
  tryOut(maker, tryOut) {
    tryOut("make()", () => maker.make(), parts({ heap: HEAP, allocator: ALLOCATOR }));
  },
};

const small = fc.oneof(
  fc.integer({ min: 0, max: 512 }),
  fc.constantFrom(0, 1, 15, 16, 17, 31, 32, 33, 496, 497, 511, 512),
);
const large = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 513, max: 20_000 }) },
  { weight: 2, arbitrary: fc.integer({ min: 0, max: 600 }) },
  { weight: 2, arbitrary: fc.integer({ min: 60_000, max: 400_000 }) },
  { weight: 1, arbitrary: fc.integer({ min: 900_000, max: 2_500_000 }) },
  { weight: 1, arbitrary: fc.integer({ min: 2 ** 20 - 40, max: 2 ** 20 + 8 }) },
);

/** Request sizes around every boundary: of granules, of the small limit, of an arena. */
export const requestSizes = { small, large, mixed: fc.oneof(small, large) } as const;
