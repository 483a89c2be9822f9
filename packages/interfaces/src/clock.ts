// Time comes in from outside. No package reads a clock of its own, so that the same input gives the
// same run; whoever reports durations is given one of these.

/** **Invariant:** `now()` never goes back. */
export interface Clock {
  /** Unit: milliseconds since a moment of the clock's own choice; fractions allowed. */
  now(): number;
}
