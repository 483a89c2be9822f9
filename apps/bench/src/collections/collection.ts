// What is measured of collectors: nine workloads, each run until every byte is back and every weak
// reference is empty. The counts of what was collected are checked while the clock runs.

export const COLLECTIONS = [
  "collect-order",
  "collect-shuffled",
  "collect-cycles",
  "collect-finalized",
  "collect-young",
  "collect-trees",
  "collect-bytes",
  "collect-pause",
  "collect-graphs",
] as const;
export type CollectionName = (typeof COLLECTIONS)[number];

export interface CollectionWorkload {
  readonly name: CollectionName;
  readonly title: string;
  /** What the figures count: `ns` and `bytes` are per object. */
  readonly unit: "ns" | "ms" | "bytes";
  /** Objects, or the depth of trees; of graphs, how large they may be. */
  readonly size: number;
  /** Repeats in one process; the first is cold and stands apart. */
  readonly repeatCount: number;
}

/** In one of so many objects the program has a finalizer, in another one a weak reference. */
export const FINALIZED_EVERY = 100;
/** Objects of the youngest generation when it is collected: CPython 3.13's threshold. */
export const YOUNG_COUNT = 2000;
/** Replacements of one step of `collect-pause`; the longest step is the pause. */
export const STEP_COUNT = 1000;

/** What is said of a workload, with its numbers filled in. */
type Titles = Readonly<Record<CollectionName, string>>;

function titlesOf(million: number, depth: number): Titles {
  const text = (count: number) => count.toLocaleString("en");
  const live = `full collection of ${text(million)} live two-field objects, a tree in`;
  return {
    "collect-order": `${live} the order of birth`,
    "collect-shuffled": `${live} random order`,
    "collect-cycles": `${text(million)} objects of garbage in pairs, weakly referable`,
    "collect-finalized":
      `the same, where 1 object in ${FINALIZED_EVERY} has a finalizer ` +
      "and another one a weak reference with a callback",
    "collect-young":
      `youngest generation of ${text(YOUNG_COUNT)} objects, half of them garbage in pairs, ` +
      "per young object",
    "collect-trees": `binary trees of depth ${depth} with automatic collection`,
    "collect-bytes":
      `resident bytes per two-field object, a list of ${text(4 * million)}, ` +
      "after a full collection",
    "collect-pause":
      `worst step of ${text(STEP_COUNT)} replacements, ${text(5 * million)} live objects, ` +
      `${text(10 * million)} replacements, each leaving a cycle`,
    "collect-graphs": "recorded heaps of CPython, restored, then a full collection",
  };
}

export function makeCollections(
  names: readonly CollectionName[],
  isQuick: boolean,
): CollectionWorkload[] {
  const million = isQuick ? 100_000 : 1_000_000;
  const depth = isQuick ? 12 : 18;
  const graphLimit = isQuick ? 20_000 : million;
  const shapes: readonly Omit<CollectionWorkload, "title">[] = [
    { name: "collect-order", unit: "ns", size: million, repeatCount: 12 },
    { name: "collect-shuffled", unit: "ns", size: million, repeatCount: 12 },
    { name: "collect-cycles", unit: "ns", size: million, repeatCount: 8 },
    { name: "collect-finalized", unit: "ns", size: million, repeatCount: 8 },
    { name: "collect-young", unit: "ns", size: million / 10, repeatCount: 24 },
    { name: "collect-trees", unit: "ns", size: depth, repeatCount: 5 },
    { name: "collect-bytes", unit: "bytes", size: 4 * million, repeatCount: 1 },
    { name: "collect-pause", unit: "ms", size: 5 * million, repeatCount: 1 },
    { name: "collect-graphs", unit: "ms", size: graphLimit, repeatCount: 30 },
  ];
  const titles = titlesOf(million, depth);
  const chosen = shapes.filter(({ name }) => names.includes(name));
  return chosen.map((shape) => ({ ...shape, title: titles[shape.name] }));
}

/** What one process measured, by metric. */
export interface CollectionSample {
  readonly measures: Readonly<Record<string, Measure>>;
  /** What must be equal for all that ran the workload. */
  readonly checksum: number;
}

/** Values in the workload's unit, one a repeat. */
export interface Measure {
  readonly cpu?: readonly number[];
  readonly wall?: readonly number[];
  /** What else was seen, such as how many full collections fell into the time. */
  readonly remark?: string;
}
