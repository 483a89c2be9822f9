// The search by which counterexamples become small: what can go goes, whole stretches first.
//
// Source: Zeller and Hildebrandt 2002, *Simplifying and isolating failure-inducing input*, without
// its test of what was taken out alone.

export type Fails<Program> = (program: Program) => boolean;

export interface Search<Program> {
  /** Counts the programs that fail; answers false when it has played as many as it may. */
  readonly isSmaller: Fails<Program>;
  /** Smaller ones found so far. */
  readonly smallerCount: number;
}

/** A search that plays so many programs at most: a long one would be played for minutes. */
export function createSearch<Program>(
  fails: Fails<Program>,
  playLimitCount: number,
): Search<Program> {
  let playCount = 0;
  let smallerCount = 0;
  return {
    isSmaller(candidate) {
      if (playCount === playLimitCount) return false;
      playCount++;
      const hasFailed = fails(candidate);
      if (hasFailed) smallerCount++;
      return hasFailed;
    },
    get smallerCount() {
      return smallerCount;
    },
  };
}

/** The last stretches before the others: what is called last fails. */
export function leaveOut<Item>(
  items: readonly Item[],
  fails: Fails<readonly Item[]>,
): readonly Item[] {
  let left = items;
  for (let size = left.length >> 1; size > 0; size >>= 1) {
    for (let start = left.length - size; start > -size; start -= size) {
      const first = Math.max(0, start);
      const fewer = [...left.slice(0, first), ...left.slice(start + size)];
      if (fails(fewer)) left = fewer;
    }
  }
  return left;
}

/** For each item in turn the first of its simpler ones with which the list fails still. */
export function simplifyEach<Item>(
  items: readonly Item[],
  simplerThan: (item: Item) => readonly Item[],
  fails: Fails<readonly Item[]>,
): readonly Item[] {
  let simple = items;
  for (const index of items.keys()) {
    for (const simpler of simplerThan(simple[index] as Item)) {
      const other = simple.with(index, simpler);
      if (!fails(other)) continue;
      simple = other;
      break;
    }
  }
  return simple;
}
