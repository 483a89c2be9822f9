/** What the real allocators did with a trace: the content of a `NAME.facts.json`. */
export interface TraceFacts {
  readonly name: string;
  readonly eventCount: number;
  readonly peakLiveBytes: number;
  readonly peakLiveBytesEventIndex: number;
  readonly endLiveBytes: number;
  readonly pymalloc: PymallocFacts;
  readonly glibcMalloc: GlibcMallocFacts;
  /** The same loop with no allocator; subtract it from the others. */
  readonly loopOnlyNsPerEvent: NsPerEvent;
}

export interface PymallocFacts {
  readonly peakArenaCount: number;
  readonly endArenaCount: number;
  readonly arenaCountAfterFreeAll: number;
  readonly arenasMappedCount: number;
  readonly arenasUnmappedCount: number;
  /** Blocks above 512 bytes as glibc counts them: usable size + 8 each. */
  readonly peakLargeBytes: number;
  /** Greatest value of arenas × 1 MiB + large bytes. */
  readonly peakFootprintBytes: number;
  readonly endFootprintBytes: number;
  readonly atPeakLive: PymallocSnapshot;
  readonly atEnd: PymallocSnapshot;
  /** `[events so far, arenas, large bytes]`, after every 65536 events. */
  readonly curve: readonly (readonly [number, number, number])[];
  readonly nsPerEvent: NsPerEvent;
}

export interface PymallocSnapshot {
  readonly arenaCount: number;
  readonly poolCount: number;
  /** Never-used pools included. */
  readonly freePoolCount: number;
  readonly neverUsedPoolCount: number;
  readonly largeBlockCount: number;
  readonly largeBytes: number;
  /** Only size classes that have pools, smallest first. */
  readonly classes: readonly {
    readonly blockSizeBytes: number;
    readonly usedPoolCount: number;
    readonly usedBlockCount: number;
  }[];
}

export interface GlibcMallocFacts {
  readonly peakFootprintBytes: number;
  readonly footprintAtPeakLiveBytes: number;
  readonly endFootprintBytes: number;
  readonly endInUseBytes: number;
  readonly footprintAfterFreeAllBytes: number;
  readonly nsPerEvent: NsPerEvent;
}

export interface NsPerEvent {
  readonly min: number;
  readonly median: number;
  readonly firstPassMedian: number;
}

/**
 * Reads the text of a facts file. Throws `InputFormatError` naming the field that is missing or of
 * another kind. `source` names the file in messages.
 */
export declare function parseTraceFacts(text: string, source?: string): TraceFacts;
