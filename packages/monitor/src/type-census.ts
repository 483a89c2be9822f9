// How much there is of each type, and how that changed. Two censuses of one heap at two moments say
// what grew; three say what stayed: born between the first two, and still there at the third.

import type { Snapshot } from "./snapshot.js";

export interface TypeCount {
  readonly typeName: string;
  readonly count: number;
  readonly bytes: number;
}

/** What a type has more (above 0) or less (below 0) than before. */
export interface TypeDifference extends TypeCount {
  readonly countBefore: number;
  readonly bytesBefore: number;
}

/** Counts objects by type name, most bytes first; `isCounted` leaves some out. O(objects). */
export function countTypes(
  snapshot: Snapshot,
  isCounted: (object: number) => boolean = () => true,
): TypeCount[] {
  const counts = new Map<string, { count: number; bytes: number }>();
  for (let object = 0; object < snapshot.objectCount; object++) {
    if (!isCounted(object)) continue;
    const typeName = snapshot.typeNameOf(object);
    const entry = counts.get(typeName) ?? { count: 0, bytes: 0 };
    entry.count++;
    entry.bytes += snapshot.sizesBytes[object] as number;
    counts.set(typeName, entry);
  }
  return [...counts]
    .map(([typeName, { count, bytes }]) => ({ typeName, count, bytes }))
    .sort((one, other) => other.bytes - one.bytes || compareNames(one, other));
}

/** The difference of two censuses, greatest change in bytes first; equal types are left out. */
export function compareTypes(
  before: readonly TypeCount[],
  after: readonly TypeCount[],
): TypeDifference[] {
  const old = new Map(before.map((each) => [each.typeName, each]));
  const differences = after.map(({ typeName, count, bytes }) => {
    const { count: countBefore = 0, bytes: bytesBefore = 0 } = old.get(typeName) ?? {};
    old.delete(typeName);
    return {
      typeName,
      count: count - countBefore,
      bytes: bytes - bytesBefore,
      countBefore,
      bytesBefore,
    };
  });
  for (const { typeName, count, bytes } of old.values()) {
    differences.push({
      typeName,
      count: -count,
      bytes: -bytes,
      countBefore: count,
      bytesBefore: bytes,
    });
  }
  return differences
    .filter(({ count, bytes }) => count !== 0 || bytes !== 0)
    .sort((one, other) => Math.abs(other.bytes) - Math.abs(one.bytes) || compareNames(one, other));
}

function compareNames(one: TypeCount, other: TypeCount): number {
  return one.typeName < other.typeName ? -1 : 1;
}
