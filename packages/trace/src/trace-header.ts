export interface TraceHeader {
  readonly name: string;
  readonly description: string;
  /** What recorded the trace, and where. */
  readonly source: string;
  /** Recorded from before interpreter start to after finalisation, not a section. */
  readonly isWholeProcess: boolean;
  readonly eventCount: number;
  readonly idCount: number;
  readonly peakLiveBlockCount: number;
  readonly domains: readonly string[];
  /** Names of the phases, by the index that mark events carry. */
  readonly markNames: readonly string[];
}
