// Facts about a trace: what the real pymalloc of CPython 3.13.0 and glibc's malloc did with the
// same events, recorded beside the trace as `NAME.facts.json`. A replay is compared with them.

import { InputFormatError } from "@ouro/interfaces";
import { type JsonFields, parseJsonFields } from "./json-fields.js";

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

/** The figures of the real pymalloc, replayed in arenas of its own. */
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

/** The state of the real pymalloc between two events. */
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

/** The figures of glibc's malloc; footprint is its heap and its mappings. */
export interface GlibcMallocFacts {
  readonly peakFootprintBytes: number;
  readonly footprintAtPeakLiveBytes: number;
  readonly endFootprintBytes: number;
  readonly endInUseBytes: number;
  readonly footprintAfterFreeAllBytes: number;
  readonly nsPerEvent: NsPerEvent;
}

/** CPU time of one event, over whole passes in several processes. Unit: nanoseconds. */
export interface NsPerEvent {
  readonly min: number;
  readonly median: number;
  readonly firstPassMedian: number;
}

/**
 * Reads the text of a facts file. Throws `InputFormatError` naming the field that is missing or of
 * another kind. `sourceName` names the file in messages.
 */
export function parseTraceFacts(text: string, sourceName = "facts file"): TraceFacts {
  const fail = (problem: string): never => {
    throw new InputFormatError({
      source: sourceName,
      problem,
      remedy: "Copy the facts file again, or remove it to replay without comparison.",
    });
  };
  const fields = parseJsonFields(text, "the facts", fail);
  const replay = fields.object("replay");
  return {
    name: fields.text("name"),
    eventCount: fields.count("events"),
    peakLiveBytes: fields.count("peak_live_bytes"),
    peakLiveBytesEventIndex: fields.count("peak_live_bytes_event"),
    endLiveBytes: fields.count("end_live_bytes"),
    pymalloc: pymallocFacts(replay.object("pymalloc")),
    glibcMalloc: glibcMallocFacts(replay.object("glibc_malloc")),
    loopOnlyNsPerEvent: nsPerEvent(replay.object("loop_only").object("ns_per_event")),
  };
}

function pymallocFacts(fields: JsonFields): PymallocFacts {
  return {
    peakArenaCount: fields.count("peak_arenas"),
    endArenaCount: fields.count("end_arenas"),
    arenaCountAfterFreeAll: fields.count("arenas_after_free_all"),
    arenasMappedCount: fields.count("arenas_mapped"),
    arenasUnmappedCount: fields.count("arenas_unmapped"),
    peakLargeBytes: fields.count("peak_large_bytes_glibc"),
    peakFootprintBytes: fields.count("peak_footprint"),
    endFootprintBytes: fields.count("end_footprint"),
    atPeakLive: pymallocSnapshot(fields.object("at_peak_live")),
    atEnd: pymallocSnapshot(fields.object("at_end")),
    curve: fields.rows("curve", 3) as unknown as PymallocFacts["curve"],
    nsPerEvent: nsPerEvent(fields.object("ns_per_event")),
  };
}

function pymallocSnapshot(fields: JsonFields): PymallocSnapshot {
  return {
    arenaCount: fields.count("arenas"),
    poolCount: fields.count("pools_total"),
    freePoolCount: fields.count("pools_free"),
    neverUsedPoolCount: fields.count("pools_never_used"),
    largeBlockCount: fields.count("large_blocks"),
    largeBytes: fields.count("large_bytes_glibc"),
    classes: fields.rows("classes", 3).map((row) => {
      const [blockSizeBytes, usedPoolCount, usedBlockCount] = row as [number, number, number];
      return { blockSizeBytes, usedPoolCount, usedBlockCount };
    }),
  };
}

function glibcMallocFacts(fields: JsonFields): GlibcMallocFacts {
  return {
    peakFootprintBytes: fields.count("peak_footprint"),
    footprintAtPeakLiveBytes: fields.count("footprint_at_peak_live"),
    endFootprintBytes: fields.count("end_footprint"),
    endInUseBytes: fields.count("end_in_use"),
    footprintAfterFreeAllBytes: fields.count("after_free_all"),
    nsPerEvent: nsPerEvent(fields.object("ns_per_event")),
  };
}

function nsPerEvent(fields: JsonFields): NsPerEvent {
  return {
    min: fields.amount("min"),
    median: fields.amount("median"),
    firstPassMedian: fields.amount("first_pass_median"),
  };
}
