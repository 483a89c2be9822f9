// The figures recorded beside a trace: `NAME.facts.json` says how the same trace ran on the real
// pymalloc of CPython and on glibc's malloc. Only what the reports use is read, and it is checked.

export interface AllocatorFacts {
  readonly peakFootprintBytes: number;
  readonly endFootprintBytes: number;
  readonly nsPerEvent: { readonly min: number; readonly median: number } | undefined;
}

export interface PymallocFacts extends AllocatorFacts {
  readonly peakArenas: number;
  readonly endArenas: number;
  readonly classesAtPeak: readonly ClassUse[];
}

/** One size class at one moment. */
export interface ClassUse {
  readonly blockSizeBytes: number;
  readonly poolCount: number;
  readonly blockCount: number;
}

export interface Facts {
  readonly pymalloc: PymallocFacts;
  readonly glibc: AllocatorFacts;
}

/** The name of the facts file that belongs to a trace; undefined for names of no known form. */
export function factsPathOf(tracePath: string): string | undefined {
  const stem = /^(.*)\.altrace(\.gz)?$/.exec(tracePath)?.[1];
  return stem === undefined ? undefined : `${stem}.facts.json`;
}

/** Reads the text of a facts file. Throws an `Error` that names the field that is wrong. */
export function parseFacts(text: string): Facts {
  const replay = objectAt(JSON.parse(text), "replay");
  const pymalloc = objectAt(replay, "pymalloc");
  const glibc = objectAt(replay, "glibc_malloc");
  return {
    pymalloc: {
      ...allocatorFacts(pymalloc),
      peakArenas: numberAt(pymalloc, "peak_arenas"),
      endArenas: numberAt(pymalloc, "end_arenas"),
      classesAtPeak: classesOf(objectAt(pymalloc, "at_peak_live").classes),
    },
    glibc: allocatorFacts(glibc),
  };
}

type Fields = Readonly<Record<string, unknown>>;

function allocatorFacts(fields: Fields): AllocatorFacts {
  const time = fields.ns_per_event === undefined ? undefined : objectAt(fields, "ns_per_event");
  return {
    peakFootprintBytes: numberAt(fields, "peak_footprint"),
    endFootprintBytes: numberAt(fields, "end_footprint"),
    nsPerEvent: time && { min: numberAt(time, "min"), median: numberAt(time, "median") },
  };
}

function classesOf(value: unknown): ClassUse[] {
  if (!Array.isArray(value)) throw new Error("classes is no list");
  return value.map((row: unknown) => {
    if (!Array.isArray(row) || row.length !== 3 || !row.every(isCount)) {
      throw new Error("a row of classes is not [block size, pools, blocks]");
    }
    const [blockSizeBytes, poolCount, blockCount] = row as [number, number, number];
    return { blockSizeBytes, poolCount, blockCount };
  });
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function objectAt(value: unknown, name: string): Fields {
  const field = (value as Fields | null)?.[name];
  if (typeof field !== "object" || field === null) throw new Error(`${name} is missing`);
  return field as Fields;
}

function numberAt(fields: Fields, name: string): number {
  const value = fields[name];
  if (typeof value !== "number" || !(value >= 0)) throw new Error(`${name} is no number`);
  return value;
}
