/**
 * The private heap: reserves memory once and lends aligned 1 MiB arenas.
 *
 * @packageDocumentation
 */
export {};
