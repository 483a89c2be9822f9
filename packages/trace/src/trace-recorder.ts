// Notes the allocator calls of a program, or of a test, as the events of a trace.

import {
  DOMAIN_MEM,
  OPERATION_CALLOC,
  OPERATION_FREE,
  OPERATION_MALLOC,
  OPERATION_MARK,
  OPERATION_REALLOC,
} from "./allocation-trace-format.js";
import { gatherEvents, type TraceEvents } from "./trace-events.js";

/** CPython's allocator domains: of objects, and of everything else. */
export type TraceDomain = "obj" | "mem";

/**
 * Notes allocator calls as events; ids are given in order: 0, 1, 2, … `encodeTrace` says whether
 * they make sense together. Every call is O(1).
 */
export interface TraceRecorder {
  /** Answers the new block's id. The domain is "obj" unless another is named. */
  malloc(sizeBytes: number, domain?: TraceDomain): number;
  calloc(sizeBytes: number, domain?: TraceDomain): number;
  realloc(id: number, sizeBytes: number, domain?: TraceDomain): void;
  free(id: number, domain?: TraceDomain): void;
  /** The program enters a phase. */
  mark(name: string): void;
  /** Names of the marks so far, by index. */
  markNames(): readonly string[];
  /** The events so far; later calls do not change them. O(1). */
  events(): TraceEvents;
}

/** An empty recorder: the first block is id 0. */
export function createTraceRecorder(): TraceRecorder {
  const gatherer = gatherEvents();
  const names: string[] = [];
  let idCount = 0;

  const kindOf = (operation: number, domain: TraceDomain): number =>
    domain === "mem" ? operation | DOMAIN_MEM : operation;

  function make(kind: number, sizeBytes: number): number {
    const id = idCount++;
    gatherer.addEvent(kind, id, sizeBytes, idCount);
    return id;
  }

  return {
    malloc: (sizeBytes, domain = "obj") => make(kindOf(OPERATION_MALLOC, domain), sizeBytes),
    calloc: (sizeBytes, domain = "obj") => make(kindOf(OPERATION_CALLOC, domain), sizeBytes),
    realloc(id, sizeBytes, domain = "obj") {
      gatherer.addEvent(kindOf(OPERATION_REALLOC, domain), id, sizeBytes, idCount);
    },
    free(id, domain = "obj") {
      gatherer.addEvent(kindOf(OPERATION_FREE, domain), id, 0, idCount);
    },
    mark(name) {
      gatherer.addEvent(OPERATION_MARK, names.length, 0, idCount);
      names.push(name);
    },
    markNames: () => [...names],
    events: gatherer.events,
  };
}
