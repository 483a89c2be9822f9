// What comparing comes to: the figures of one strategy on one input, and how they are told from
// one process to another.

/** Unit of work and pauses: those of the cost model; of memory: bytes. */
export interface RunFigures {
  readonly operations: number;
  readonly collections: number;
  readonly work: {
    readonly total: number;
    readonly program: number;
    readonly counting: number;
    readonly pauses: number;
  };
  /** Operations for each 1,000 units of work. */
  readonly throughput: number;
  /** Operations in which the program waited, and how long. */
  readonly pause: {
    readonly count: number;
    readonly p50: number;
    readonly p99: number;
    readonly max: number;
  };
  /** Lent by the heap, in whole arenas. */
  readonly footprint: { readonly peakBytes: number; readonly endBytes: number };
  /** Of objects that are not reclaimed, garbage included. */
  readonly held: { readonly peakBytes: number; readonly endBytes: number };
  /** Share of the bytes lent that no object took when most was held. */
  readonly fragmentation: number;
  /** Held, and reached by no root. */
  readonly garbage: {
    readonly maxBytes: number;
    readonly endBytes: number;
    readonly curve: readonly { readonly operation: number; readonly bytes: number }[];
  };
  /** When most was held. */
  readonly overhead: { readonly headerBytes: number; readonly sideTableBytes: number };
}

/** What the oracle found, asked after each collection and at the end. */
export interface Liveness {
  /** How often it was asked, and of how many objects in all. */
  readonly checks: number;
  readonly objects: number;
  /** What was not as it should be; the first only. */
  readonly problem: string | null;
  /** What roots reach at the end. */
  readonly end: { readonly objects: number; readonly bytes: number };
  /** Whether after the last full collection nothing else was left; null: not promised. */
  readonly isExact: boolean | null;
}

/** Unit: milliseconds of whole runs, in the order in which they were made. */
export interface WallTimes {
  readonly runs: readonly number[];
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

export interface StrategyFailure {
  readonly exitCode: number;
  readonly kind: string;
  readonly message: string;
}

/** One strategy. Of traces it is an allocator; then there are no pauses, garbage or liveness. */
export interface StrategyResult {
  readonly strategy: string;
  /** Of a sweep: the value of the option. */
  readonly value: number | null;
  readonly figures: RunFigures | null;
  readonly liveness: Liveness | null;
  readonly wall: WallTimes | null;
  readonly failure: StrategyFailure | null;
}

export interface ComparedInput {
  readonly file: string;
  readonly kind: "allocation-trace" | "heap-graph" | "heap-image" | "mutator-programs";
  readonly name: string;
  /** Programs of the file that were run; null for other kinds. */
  readonly programs: number | null;
}

/** What a process of its own is asked to do. */
export interface CompareOrder {
  readonly file: string;
  readonly bytes: Uint8Array;
  readonly strategy: string;
  /** One program of the file, by name or place. Undefined: all. */
  readonly program: string | undefined;
  /** Of a sweep, one after the other; else one without a threshold. */
  readonly points: readonly (SweepPoint | undefined)[];
  readonly wallRuns: number;
}

/** The threshold of a generation, 0 to 2. */
export interface SweepPoint {
  readonly generation: 0 | 1 | 2;
  readonly value: number;
}

/** One point of an order, carried out. */
export interface PointAnswer {
  readonly input: ComparedInput;
  readonly result: StrategyResult;
}

/** What it tells meanwhile, and of each point at last. */
export type CompareMessage = { readonly share: number } | PointAnswer;
