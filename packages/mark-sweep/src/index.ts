/**
 * The mark-sweep strategy: marks what the roots reach and sweeps the rest lazily; nothing moves.
 *
 * @packageDocumentation
 */

export { type MarkSweepOptions, markSweepStrategy } from "./mark-sweep-collector.js";
