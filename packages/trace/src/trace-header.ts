// The header of a trace: what was recorded, where, and how large it is. Its counts are claims until
// the events have been read; nothing is sized by them.

import { TRACE_FORMAT_NAME, TRACE_FORMAT_VERSION } from "./allocation-trace-format.js";
import { type Fail, parseJsonFields } from "./json-fields.js";

/** What a trace says of itself at its start; the counts are proved by the end. */
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

/** Reads the header's JSON; `fail` is told what is wrong with it. */
export function parseTraceHeader(text: string, fail: Fail): TraceHeader {
  const fields = parseJsonFields(text, "the header", fail);
  const format = fields.text("format");
  if (format !== TRACE_FORMAT_NAME) fail(`the header names the format "${format}"`);
  const version = fields.count("version");
  if (version !== TRACE_FORMAT_VERSION) {
    fail(`the header says version ${version}, this reader knows ${TRACE_FORMAT_VERSION}`);
  }
  return {
    name: fields.text("name"),
    description: fields.text("description"),
    source: fields.text("source"),
    isWholeProcess: fields.flag("whole_process"),
    eventCount: fields.count("events"),
    idCount: fields.count("ids"),
    peakLiveBlockCount: fields.count("peak_live_blocks"),
    domains: fields.texts("domains"),
    markNames: fields.texts("marks"),
  };
}

/** The header as it stands in a file. */
export function formatTraceHeader(header: TraceHeader): string {
  return JSON.stringify({
    format: TRACE_FORMAT_NAME,
    version: TRACE_FORMAT_VERSION,
    name: header.name,
    description: header.description,
    source: header.source,
    whole_process: header.isWholeProcess,
    events: header.eventCount,
    ids: header.idCount,
    peak_live_blocks: header.peakLiveBlockCount,
    domains: header.domains,
    marks: header.markNames,
  });
}
