/**
 * Reads, writes and replays recorded allocation traces.
 *
 * @packageDocumentation
 */
export {};
