// Whole programs: what a strategy costs with everything that belongs to it. One operation is one
// object born, and every byte is back in the allocator before the clock stops.

/** The same programs fast and checked, so that the ratio is the price of checked mode. */
export const CHECKED_PROGRAMS = ["checked-trees", "checked-list", "checked-cache"] as const;
export const PROGRAMS = [
  "trees",
  "list",
  "garbage",
  "objects",
  "isolation",
  ...CHECKED_PROGRAMS,
] as const;
export type ProgramName = (typeof PROGRAMS)[number];

export interface Program {
  readonly name: ProgramName;
  readonly title: string;
  /** Tree depth, or objects. */
  readonly size: number;
  /** Runs in one process; the first of `garbage` is cold, and printed as such. */
  readonly repeatCount: number;
}

export function makePrograms(names: readonly ProgramName[], isQuick: boolean): Program[] {
  const count = isQuick ? 100_000 : 1_000_000;
  const text = count.toLocaleString("en");
  const depth = isQuick ? 12 : 16;
  const all: Program[] = [
    {
      name: "trees",
      title: `binary trees of depth ${depth}, built, walked and dropped`,
      size: depth,
      repeatCount: 4,
    },
    {
      name: "list",
      title: `a list of ${text} two-field objects, built and dropped`,
      size: count,
      repeatCount: 6,
    },
    {
      name: "garbage",
      title: `${text} two-field objects of garbage in pairs that name each other, collected`,
      size: count,
      repeatCount: 6,
    },
    {
      name: "objects",
      title: `resident bytes per two-field object, a list of ${(4 * count).toLocaleString("en")}`,
      size: 4 * count,
      repeatCount: 1,
    },
    {
      name: "isolation",
      title: `binary trees of depth ${depth - 2} on mark-sweep, after two other managers ran`,
      size: depth - 2,
      repeatCount: 4,
    },
    ...makeCheckedPrograms(isQuick),
  ];
  return all.filter(({ name }) => names.includes(name));
}

/** Small enough for a heap of 16 MiB. */
function makeCheckedPrograms(isQuick: boolean): Program[] {
  const count = isQuick ? 20_000 : 200_000;
  const text = count.toLocaleString("en");
  const depth = isQuick ? 10 : 14;
  return [
    {
      name: "checked-trees",
      title: `binary trees of depth ${depth}, fast and checked`,
      size: depth,
      repeatCount: 6,
    },
    {
      name: "checked-list",
      title: `a list of ${text} two-field objects, fast and checked`,
      size: count,
      repeatCount: 8,
    },
    {
      name: "checked-cache",
      title: `${text} uses of a cache that forgets the entry used longest ago, fast and checked`,
      size: count,
      repeatCount: 8,
    },
  ];
}

/** Entries of the cache; one use in four replaces one. */
export const CACHE_ENTRY_COUNT = 20_000;

/** One timed stretch of one program. Unit: nanoseconds per object. */
export interface Stretch {
  readonly cpuNs: number;
  readonly wallNs: number;
}

export interface ProgramResult {
  /** By what was timed, one entry a repeat. */
  readonly timings: Readonly<Record<string, readonly Stretch[]>>;
  readonly bytesPerObject?: number;
  /** What the program counted: equal for all that run it. */
  readonly checksum: number;
}

/** What a program is run on: managers, hand-written code, V8. Each reports what it counted. */
export interface ProgramSubject {
  /** Uses a cache so many times, and drops it; answers the uses and the entries at the end. */
  useCache?(count: number): number;
  /**
   * Builds, walks and drops the trees of one depth; answers the objects walked. Throws unless as
   * many were reclaimed, where that can be told.
   */
  trees(depth: number): number;
  buildList(count: number): void;
  /**
   * Drops it, and everything of it is back when this returns. Answers the objects reclaimed since
   * the last program ended; V8 does not tell.
   */
  dropList(): number | undefined;
  /** Objects in pairs that name each other, held by one array; absent where cycles stay. */
  buildGarbage?(count: number): void;
  /** Drops the array and collects; answers the objects reclaimed, the array not counted. */
  collectGarbage?(): number;
}

/** The objects that `trees` builds, so that every subject's answer can be checked. */
export function treeObjectCount(depth: number): number {
  let count = 2 ** (depth + 2) - 1 + 2 ** (depth + 1) - 1;
  for (let d = 4; d <= depth; d += 2) count += 2 ** (depth - d + 4) * (2 ** (d + 1) - 1);
  return count;
}

/** What a program built has to be what was reclaimed. */
export function expectReclaimed(reclaimed: number, built: number): void {
  if (reclaimed !== built) throw new Error(`reclaimed ${reclaimed} objects of ${built}`);
}
