/**
 * What every part of Ouro promises: types, traits, events, error classes, assertion levels, named
 * constants. No mechanism lives here, and it is the only package that two strategies share.
 *
 * @packageDocumentation
 */

export * from "./allocator.js";
export * from "./assertion.js";
export * from "./error.js";
export * from "./memory.js";
export * from "./word.js";
