/**
 * Reads, writes and replays recorded allocation traces.
 *
 * @packageDocumentation
 */
export * from "./allocation-trace-format.js";
export * from "./replay-timer.js";
export * from "./trace-events.js";
export * from "./trace-facts.js";
export * from "./trace-footer.js";
export * from "./trace-header.js";
export * from "./trace-limits.js";
export * from "./trace-reader.js";
export * from "./trace-recorder.js";
export * from "./trace-replayer.js";
export * from "./trace-writer.js";
