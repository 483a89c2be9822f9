// The free lists of CPython 3.13 as data: which types have one, how large such an object is (its
// header for the collector included, on 64 bits) and how many are kept. Tuples have one a length.
//
// Maxima: `Include/internal/pycore_freelist.h`. Sizes: `__basicsize__`, and 16 bytes more where the
// collector watches the type.

/** One free list. */
export interface FreeListSpec {
  /** The type's name. */
  readonly name: string;
  /** What an object of the type asks for. Unit: bytes. */
  readonly requestBytes: number;
  /** How many blocks the list keeps at most. */
  readonly maximumCount: number;
}

const TUPLE_LENGTH_LIMIT = 20;
const tuples = (): FreeListSpec[] =>
  Array.from({ length: TUPLE_LENGTH_LIMIT }, (_, index) => ({
    name: `tuple of ${index + 1}`,
    requestBytes: 16 + 24 + 8 * (index + 1),
    maximumCount: 2000,
  }));

function makeLists(): readonly FreeListSpec[] {
  return [
    { name: "float", requestBytes: 24, maximumCount: 100 },
    ...tuples(),
    { name: "list", requestBytes: 56, maximumCount: 80 },
    { name: "dict", requestBytes: 64, maximumCount: 80 },
    // Keys of at most five entries, all of them strings: the least table there is.
    { name: "dict keys", requestBytes: 120, maximumCount: 80 },
    { name: "slice", requestBytes: 56, maximumCount: 1 },
    { name: "context", requestBytes: 64, maximumCount: 255 },
    { name: "async generator value", requestBytes: 40, maximumCount: 80 },
    { name: "async generator asend", requestBytes: 56, maximumCount: 80 },
  ];
}

/** The lists of CPython 3.13, by type. */
export const CPYTHON_FREE_LISTS: readonly FreeListSpec[] = /* @__PURE__ */ makeLists();
