// Censuses over collections: how many objects of each type are there after each, counting those
// alone that survived so many of them. Young objects are innocent: what grows among the old ones is
// a leak, or a cache.
//
//   object    born ─ collection ─ collection ─ collection        age 3: counted with --survived 3
//
// A census is told the objects that are left, by number; what is not told is dead.

export interface CountedObject {
  readonly number: number;
  readonly typeName: string;
  readonly bytes: number;
}

/** What a type had after each collection. */
export interface TypeSeries {
  readonly typeName: string;
  readonly counts: readonly number[];
  readonly bytes: readonly number[];
}

export interface CensusSeries {
  /** A collection is over, and these are left. O(objects). */
  take(objects: Iterable<CountedObject>): void;
  readonly censusCount: number;
  /** Whether an object survived as many collections as were asked for. */
  isOld(number: number): boolean;
  types(): TypeSeries[];
}

/** Objects are counted from the `survivedCount`-th collection on that they survive. */
export function createCensusSeries(survivedCount: number): CensusSeries {
  let ages = new Map<number, number>();
  const rows = new Map<string, { counts: number[]; bytes: number[] }>();
  let censusCount = 0;

  function rowOf(typeName: string) {
    const known = rows.get(typeName);
    if (known !== undefined) return known;
    const row = { counts: new Array<number>(censusCount).fill(0), bytes: [] as number[] };
    row.bytes = [...row.counts];
    rows.set(typeName, row);
    return row;
  }

  return {
    get censusCount() {
      return censusCount;
    },
    take(objects) {
      const older = new Map<number, number>();
      for (const row of rows.values()) {
        row.counts.push(0);
        row.bytes.push(0);
      }
      censusCount++;
      for (const { number, typeName, bytes } of objects) {
        const age = (ages.get(number) ?? 0) + 1;
        older.set(number, age);
        if (age < survivedCount) continue;
        const row = rowOf(typeName);
        row.counts[censusCount - 1] = (row.counts[censusCount - 1] ?? 0) + 1;
        row.bytes[censusCount - 1] = (row.bytes[censusCount - 1] ?? 0) + bytes;
      }
      ages = older;
    },
    isOld: (number) => (ages.get(number) ?? 0) >= survivedCount,
    types: () => [...rows].map(([typeName, row]) => ({ typeName, ...row })),
  };
}
