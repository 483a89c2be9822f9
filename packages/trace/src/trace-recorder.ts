import type { TraceEvents } from "./trace-events.js";

/** Notes allocator calls as events. Ids are given in order: 0, 1, 2, … */
export interface TraceRecorder {
  malloc(sizeBytes: number, domain?: "obj" | "mem"): number;
  calloc(sizeBytes: number, domain?: "obj" | "mem"): number;
  realloc(id: number, sizeBytes: number, domain?: "obj" | "mem"): void;
  free(id: number, domain?: "obj" | "mem"): void;
  /** The program enters a phase; every call is one mark. */
  mark(name: string): void;
  /** Names of the marks so far, by index. */
  markNames(): readonly string[];
  /** The events so far; later calls do not change them. O(events). */
  events(): TraceEvents;
}

export declare function createTraceRecorder(): TraceRecorder;
