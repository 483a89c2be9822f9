/**
 * What every part of Ouro promises: types, traits, events, error classes, assertion levels, named
 * constants. No mechanism lives here, and it is the only package that two strategies share.
 *
 * @packageDocumentation
 */

export * from "./allocator.js";
export * from "./assertion.js";
export * from "./barrier.js";
export * from "./candidates.js";
export * from "./clock.js";
export * from "./collector.js";
export * from "./detector.js";
export * from "./error.js";
export * from "./event.js";
export { combineObservers } from "./event-fan.js";
export * from "./finalization.js";
export * from "./generations.js";
export * from "./heap-image.js";
export * from "./memory.js";
export * from "./mutator.js";
export * from "./root.js";
export * from "./strategy.js";
export * from "./traits.js";
export * from "./trigger.js";
export * from "./type-descriptor.js";
export * from "./type-row.js";
export * from "./value.js";
export * from "./word.js";
