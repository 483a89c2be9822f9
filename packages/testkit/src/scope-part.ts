// Small scopes take long: they are played in parts, and say how far they are.

/** The part `index`, from 0 on, of `count` equal ones. */
export interface ScopePart {
  readonly index: number;
  readonly count: number;
}

/** How far a small scope was played: it is cut into branches of about the same size. */
export interface ScopeProgress {
  readonly doneCount: number;
  readonly branchCount: number;
  /** Programs played so far. */
  readonly programCount: number;
}
