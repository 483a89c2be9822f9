// What subjects must have for a suite to play on them, as forms: the calls of the contracts, and no
// more. Whether they keep them is the suites' question.

import type { Traits } from "@ouro/interfaces";
import {
  FLAG,
  type Form,
  form,
  having,
  listOf,
  oneOf,
  parts,
  record,
  TEXT,
  wholeNumber,
} from "./form.js";

/** All forms in turn; the first flaw is told. */
function all(...forms: readonly Form[]): Form {
  return (value, at) => {
    for (const each of forms) {
      const flaw = each(value, at);
      if (flaw !== undefined) return flaw;
    }
    return undefined;
  };
}

const WORDS = form("an Int32Array", (value) => value instanceof Int32Array);
const NUMBER = form("a number", (value) => typeof value === "number");

export const HEAP: Form = all(
  parts({ words: WORDS }),
  having("registerBorrower reserveArenas reserveArenasAt releaseArenas reserveRegion"),
  having("setLimitBytes walkArenas statistics validate"),
);

export const ALLOCATOR: Form = all(
  parts({ requestLimitBytes: NUMBER }),
  having("allocate tryAllocate allocateZeroed reallocate free usableSizeBytes owns walk"),
  having("statistics validate"),
);

export const DETECTOR: Form = having("find findAgain isFound forget");
export const TYPE_TABLE: Form = having("define");

/** An arbitrary of another copy of fast-check is one too. */
export const ARBITRARY: Form = form(
  "an arbitrary of fast-check, such as requestSizes.small",
  (value) =>
    typeof value === "object" && value !== null && "generate" in value && "shrink" in value,
);

type TraitForms = { readonly [Key in keyof Required<Traits>]: Form };

const REQUIRED_TRAITS = {
  moves: FLAG,
  collectsAt: listOf(oneOf("allocate", "poll", "collect")),
  counts: FLAG,
  cycles: oneOf("never", "eventually", "full collection"),
  death: oneOf("prompt", "safepoint", "collection"),
  exact: FLAG,
  slices: FLAG,
  programCode: oneOf("in place", "at safepoints"),
  finalizationOrder: oneOf("cpython", "weak references first"),
  resurrection: FLAG,
  hooks: listOf(oneOf("born", "write", "move", "copy", "drop")),
  headerBits: listOf(record({ name: TEXT, bitCount: wholeNumber(1, 16) })),
  sideBytesPerGranule: NUMBER,
} satisfies Partial<TraitForms>;

const OPTIONAL_TRAITS = {
  cyclesThrough: oneOf("all slots", "visited slots"),
  collectionOrder: oneOf("age", "any"),
} satisfies Omit<TraitForms, keyof typeof REQUIRED_TRAITS>;

export const TRAITS: Form = record(REQUIRED_TRAITS, OPTIONAL_TRAITS);

export const STRATEGY: Form = all(parts({ name: TEXT, traits: TRAITS }), having("create"));

const COLLECTOR = all(
  parts({ traits: TRAITS }),
  having("allocate tryAllocate collect poll isObject walk statistics validate"),
);

const MUTATOR = all(
  having("enter leave root setRoot moveRoot allocate allocateArray typeOf lengthOf get set"),
  having("give fill take copy word setWord poll collect"),
);

export const MANAGER: Form = all(
  parts({ heap: HEAP, types: TYPE_TABLE, roots: having("walk"), handles: having("hold") }),
  parts({ collector: COLLECTOR, mutator: MUTATOR }),
  having("defineType validate"),
);
