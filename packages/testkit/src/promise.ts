// What a memory manager promised and did not keep.

/** A property does not hold; the message says what was found and what should be. */
export class BrokenPromiseError extends Error {
  override readonly name = "BrokenPromiseError";
}

/** Throws `BrokenPromiseError` unless the fact holds. */
export function expectPromise(fact: boolean, otherwise: string): asserts fact {
  if (!fact) throw new BrokenPromiseError(otherwise);
}
