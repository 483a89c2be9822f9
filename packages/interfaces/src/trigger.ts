// A trigger decides when to collect: CPython's thresholds and its 25 % rule, bytes allocated, every
// nth allocation for stress. It is asked on the allocator's slow path and at polls only, never for
// each object.

import type { Collection } from "./collector.js";

/** No collection is due. */
export const NOT_DUE = -1;

/** **Invariant:** same questions, same answers: a trigger reads no clock that it was not given. */
export interface Trigger {
  readonly name: string;
  /**
   * The oldest generation to collect now, or `NOT_DUE`. `netCount` is objects born − died since the
   * last collection, never below 0. O(generations).
   */
  due(netCount: number): number;
  /** Told of every collection, asked for or due. */
  done(collection: Collection): void;
}
