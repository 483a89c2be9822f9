/**
 * CPython's pool allocator and large blocks over any source of arenas.
 *
 * @packageDocumentation
 */
export {};
